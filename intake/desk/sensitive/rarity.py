"""How rare each English word of seed phrases is in mail: what tells a phrase from a sentence.

Made once from 1.1 million words: every second of 1,968 open mails, a half of the weight, and the
documents and manual pages of a Debian system, a quarter each. A value is the natural logarithm of how
much likelier the word is in a phrase, where each has the chance 1 in 2,048, than in such a text; of a
phrase they average 4.3, of the words of the list in a sentence less than 0.
"""

# A character a word, in the order of the list: sixths above -4.5.
_SIXTHS = r"""
pOH?H\oZp^A^A`U`pWQNFb`OX>p>UX`WQp`\SHPHT`]UYpVp`Wp9pGOV=H=XF\XQNp\e[ofo\pTWGL`op=XpPLXSAoPc`Kp]pJhp
\[YpppPZpR[Op``To``pRQpKJpSpHpTNhpkfpp```opVpp[Ho`pILppVopDNkBMYTOC`[TH`HHW`\pRpopoPpYVk``p\opNppSpK
p`pPLYWpfWRUOZoTSppppk[W^RppNpppTpkp\p@pNTVph`hNDWp``ppYphpF\Z`8pShkpp`[TpU`HppWpDOpopJSSR`XK]oopp``
pM\p_@pVU\VQBp`Xpo\PpRJpp\`ppp\OVSpXZoJpY@Dhpo]RpKp@p\pEpOpp7opoWJQXK``IIpZWUJOFokWpDpEpGLkoQPIpUpo`
o_pNpk_`Kp`ppZp`Tp`Ypppp`pX`UUp`EpVpJ`VZVppapW`pFPRpp[RU^ephMpYOIVpYpSpSpSpfCpQZ_XSPUG`kTopX\`YN`p`p
O``UpoppFQc`ppXKZppCpppX`OpWhpoZV`fpppLRp`papI\]pWQdoIWXP`KOpVQL`U_cGpppZRpp`Ippppo`pIGpC[pp`X\FYXpK
pXNMMFK`PpYXpp>pRKoVppYUpkS5fQ\QXM^kppGGeRP[]Y]SMWp`Npop`QIpK`^h`\UUKpPXXGUTWTOXSpNpH``AS9\@ODQYSTXB
p[YZ@>`TZbp[`WZ[ppSkpU`p_KXXMoXJWTMpWCOoOXSS`pSbp]`ZW[ppKp[\pZ]p[^ppYeZcppKppo`f\\\ppp`IU_pppp`pppph
pp[IopppppWo`Mp`pKSkppp<Vp\QJpppp`\QZpTTpLppN:poKNZ[pSEp=GpOKfUppKZpPU`pCpkOppZ`@pQoJQS`Z^`\p[]`YfOL
RTL\T`AdpkWeM`[ASODPpRppIp[NV`p^oG`_pOpD_NBOf_\[QGDpooVpppppFOW`kppQppVAp`HZ>]\pNpbSoppppp`EeI\p\[pD
RKFX\ppLppVU`XKQpL\LhpppGpp`NGp`GIKVSAfADfp8KQpGPpAQPoFNpkpRp`ppdpppGpVpp8GL@pDH`[pJZpPPpNpOYOGUY\SG
`pOVpppMppLGTSpGkoR8TEWWpIdQOLRdSpUXXV[LJM`MQ`pMo_;Up`Zp[[K]Fpp_ppkT>[Sk`h7p^^Z]VpBSpSppo<BhGFGMUphp
pK_paALD\?`?`ppfCpecSTTpTpHLFNp[GppWG;pA=G`T`@Spp@VppCT`=pVANpoDEQpp`ppCQpXpXVpSpI^oSGI?ppJ]pR\p`pp^
[`DpT\M`I\VUp`RVSp\``\NpSpKpZpQ>hpQp\pHpkYkpJRWPFLppXpMUk_SWMMPKpNDJpJ\CCQTD<\oBpTT=GpHppkhp`NpPpMKp
oMpXMQ``RppI_pW``YpppOIkVIKpNCQIGpTZF\MpRW`V?pJSVB`TWQ`BZd`oVTLBGoo`?JHkp@pZO\pp\k\XppHpXppNpppUo^Rp
p`p\fXdSJppo_K<p\\ppOppppYpCNp`fppLHVNp_oSURfpppNGkXHQ[INFETZYJP\ZN^N=E`KXS`YI`JpoTpTpppXQJppppkp]ZK
ppLYkkpKID`pppU@pp`p\pkopSpT]]_p\HpJVZ`bp`Xoo`pN^pWp`\PWA[PFIpQ\A[G^pYTHQ^Up`_p`[LpWpVXp[`_SkkLpUSp_
XFGYp\UJSXEpTpepNpSTfN`WMpEAP`NBpchTcUCopPSpG\d_p[WpppSppXPp`MpMdp<GpI``JpYEMZopWJMVpp`N;@N4XA\>?K2Q
MpPepPpppp?YTPpN`pKp`LpOpXkZpLpJJpppHkKp_``hRONpZFX[QoWJ`SpUO\WpQ\EWpPZGp`pp[`N\p\SW^E;X[oLb\pFSop\d
OLVCcIZp@NpPV`kpI:<IURU`pkG`pRppI`U`pPWo`N<Fpppop`KL`opMWXISk`p\MpLpSppKXRpDp\p`p[ppEXp`pXE\pZLR`pAp
S;Cpp@MXX9KI]pX`[WhYLpYp\`oICDXPWpppGLpJ_4[\\KDp
"""
RARITY = tuple((ord(character) - 40) / 6 - 4.5 for character in "".join(_SIXTHS.split()))
