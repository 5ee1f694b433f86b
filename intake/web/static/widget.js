// One line in any site:  <script src="https://help.example.com/widget.js" async></script>
// puts a button there that opens the form in a frame. With data-target="#place" the form stands
// in that place instead, with data-button="#button" a button of the site opens it; data-lang,
// data-category and data-field-NAME choose for the visitor. The frame is of another origin: this
// site cannot read what is typed there, and the form cannot read this site.
"use strict";

(() => {
  const given = "VALUES";
  const script = document.currentScript;
  if (!script) return;
  const origin = new URL(script.src, document.baseURI).origin;
  const asked = script.dataset.lang || document.documentElement.lang || navigator.language || "";
  const find = (tag) => Object.keys(given.words).find((one) => one.toLowerCase() === tag.toLowerCase())
    || Object.keys(given.words).find((one) => one.split("-")[0] === tag.split("-")[0].toLowerCase());
  const lang = find(asked) || given.fallback;
  const words = given.words[lang];

  // Whether a site is one that [web] embed_origins names, as the policy of the form reads it
  // (CSP 3, 6.7.2.8). A frame that the browser refuses shows a broken page, so we ask first.
  const named = (here) => {
    if (here === "null") return false;
    const url = new URL(here);
    return given.origins.some((site) => {
      const [, scheme, host, port] = /^(https?):\/\/(.+?)(?::(\d+|\*))?$/.exec(site) || [];
      const schemes = scheme === "http" ? ["http:", "https:"] : ["https:"];
      const standard = url.protocol === "https:" ? "443" : "80";
      return schemes.includes(url.protocol)
        && (host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host)
        && (port === "*" || (port || standard) === (url.port || standard));
    });
  };
  // All that the page itself stands in must be named too; Firefox does not tell of them.
  const framed = [location.origin, ...(location.ancestorOrigins || [])].every(named);

  const address = (path) => {
    const url = new URL(path, origin);
    url.searchParams.set("lang", lang);
    for (const name of script.getAttributeNames()) {
      if (name === "data-category" || name.startsWith("data-field-")) {
        url.searchParams.set(name.slice(5), script.getAttribute(name));
      }
    }
    return url.href;
  };

  const frame = () => {
    const made = document.createElement("iframe");
    made.title = words.title;
    made.src = address(given.embed);
    made.allow = "";
    window.addEventListener("message", (event) => {
      const said = event.data;
      if (event.origin !== origin || event.source !== made.contentWindow || !said || said.intake !== "height") return;
      if (Number.isFinite(said.height)) made.style.height = `${Math.min(10000, Math.max(200, said.height))}px`;
    });
    return made;
  };

  const start = () => {
    const target = script.dataset.target && document.querySelector(script.dataset.target);
    if (target && framed) {
      const made = frame();
      made.style.cssText = "display:block;width:100%;height:60rem;border:0";
      target.replaceChildren(made);
      return;
    }
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    // A sheet made by script is allowed where the site's policy forbids inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { all: initial; color-scheme: light dark; }
      .open { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483000; min-height: 44px;
        padding: 0.6rem 1.4rem; border: 2px solid #fff; border-radius: 2rem; background: #1b5e8c; color: #fff;
        font: 600 1rem/1.4 system-ui, sans-serif; cursor: pointer; }
      .open:focus-visible, .close:focus-visible { outline: 3px solid #8cc4ee; outline-offset: 2px; }
      dialog { width: min(44rem, calc(100vw - 1rem)); height: calc(100dvh - 2rem); max-height: none; padding: 0;
        border: 0; border-radius: 12px; overflow: hidden; }
      dialog::backdrop { background: rgb(0 0 0 / 55%); }
      .close { position: absolute; top: 0.5rem; right: 0.75rem; min-height: 44px; padding: 0 1rem; border: 0;
        border-radius: 8px; background: #1b5e8c; color: #fff; font: 600 1rem/1 system-ui, sans-serif; cursor: pointer; }
      .scroll { position: absolute; inset: 3.75rem 0 0; }
      iframe { display: block; width: 100%; height: 100% !important; border: 0; }`);
    root.adoptedStyleSheets = [sheet];

    let dialog = null;
    const open = () => {
      if (!framed) {
        window.open(address(given.page), "_blank", "noopener");
        return;
      }
      if (!dialog) {
        dialog = document.createElement("dialog");
        dialog.setAttribute("aria-label", words.title);
        const close = document.createElement("button");
        close.className = "close";
        close.type = "button";
        close.textContent = words.widget_close;
        close.addEventListener("click", () => dialog.close());
        const scroll = document.createElement("div");
        scroll.className = "scroll";
        scroll.append(frame());
        dialog.append(close, scroll);
        root.append(dialog);
      }
      dialog.showModal();
    };

    const own = script.dataset.button && document.querySelector(script.dataset.button);
    if (own) {
      own.addEventListener("click", open);
    } else {
      const button = document.createElement("button");
      button.className = "open";
      button.type = "button";
      button.lang = lang;
      button.textContent = script.dataset.label || words.widget_open;
      button.addEventListener("click", open);
      root.append(button);
    }
    document.body.append(host);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
