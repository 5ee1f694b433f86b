// The page works without this. It shows times in the reader's own zone, and looks for news: a
// conditional request every 20 seconds, which costs a few bytes while nothing has changed.
"use strict";

(() => {
  const EVERY = 20000;
  const SOON = [2000, 3000, 5000];
  // As our mails tell it: the weekday, the year of another year alone, and everybody but English reads 17:05.
  const lang = document.documentElement.lang;
  const parts = { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  const all = lang === "en" ? parts : { ...parts, hour: "2-digit", hourCycle: "h23" };
  const shown = new Intl.DateTimeFormat(lang, all);
  const dated = new Intl.DateTimeFormat(lang, { ...all, year: "numeric" });
  const year = new Date().getFullYear();
  const offset = (at) => {
    const minutes = -at.getTimezoneOffset();
    const rest = Math.abs(minutes) % 60;
    if (!minutes) return "UTC";
    return `UTC${minutes > 0 ? "+" : "-"}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
  };
  const localise = (root) => {
    for (const one of root.querySelectorAll("time")) {
      const at = new Date(one.dateTime);
      // Of "Tuesday, 12:00 AM" half the readers think a day later; mails tell the minute before, too.
      if (at.getHours() + at.getMinutes() + at.getSeconds() === 0) at.setMinutes(-1);
      if (!Number.isNaN(at.valueOf())) one.textContent = `${(at.getFullYear() === year ? shown : dated).format(at)} (${offset(at)})`;
    }
  };
  localise(document);

  // The form may have put a new page in place of this one.
  const part = (id) => document.getElementById(id);
  const live = part("live");
  if (!live || !part("news")) return;

  const waits = live.dataset.soon ? [...SOON] : [];
  let tag = live.dataset.tag;

  const look = async () => {
    const answer = await fetch(live.dataset.url, {
      headers: { "If-None-Match": `W/"${tag}"` },
      cache: "no-store",
      credentials: "omit",
    });
    if (answer.status === 404) {
      window.location.reload();
      return;
    }
    if (answer.status !== 200) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (!found) return;
    const news = part("news");
    tag = found.dataset.tag;
    localise(found);
    // "It will show here" is over once it does.
    const done = part("done");
    if (done && found.querySelectorAll("article.said").length > Number(done.dataset.untilShown)) done.remove();
    // What was unfolded stays so: entries are only ever added, below.
    const said = (root) => [...root.querySelectorAll("article.said")];
    const coming = said(found);
    said(part("live")).forEach((one, at) => {
      if (one.querySelector("details[open]")) coming[at]?.querySelector("details")?.setAttribute("open", "");
    });
    part("live").replaceChildren(...found.childNodes);
    // What is said once is announced once, though the words are the same each time.
    news.textContent = "";
    window.setTimeout(() => { news.textContent = news.dataset.news; }, 50);
    window.setTimeout(() => { news.textContent = ""; }, 8000);
  };

  const next = () => window.setTimeout(async () => {
    // Nobody looks at a hidden page; a network that fails for a moment is asked again.
    if (!document.hidden) await look().catch(() => undefined);
    next();
  }, waits.length ? waits.shift() : EVERY);
  next();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look().catch(() => undefined);
  });
})();
