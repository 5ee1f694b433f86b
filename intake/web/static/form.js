// The form works without this. With it, files can be dropped and pasted, are shown before they
// are sent and while they are, and nothing typed or chosen is lost by an error or a reload.
"use strict";

(() => {
  const DAY = 24 * 3600 * 1000;
  const PHRASE = /^(0x)?[0-9a-f]{64}$|^([a-z]{3,8}[ ,]+){11,23}[a-z]{3,8}$/i;

  // -- files, kept on this device until they are sent -------------------------------------------

  // Only the tab they were chosen in gets them back, and where a browser keeps nothing they are
  // chosen again: a private window, a blocked frame, a full disk.
  const shelf = (name) => {
    const TAB = "intake:tab";
    const key = () => {
      const tab = window.sessionStorage.getItem(TAB) || `${Date.now()}.${Math.random()}`;
      window.sessionStorage.setItem(TAB, tab);
      return `${name} ${tab}`;
    };
    const ended = (asked) => new Promise((done, failed) => {
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    const use = async (work) => {
      const opening = window.indexedDB.open("intake", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("files");
      const base = await ended(opening);
      try {
        return await work(base.transaction("files", "readwrite").objectStore("files"));
      } finally {
        base.close();
      }
    };
    // One after the other: what was chosen last is what is kept.
    let last = Promise.resolve();
    const then = (work) => { last = last.then(() => use(work)).catch(() => null); return last; };
    return {
      put: (files) => then((store) => ended(files.length
        ? store.put({ at: Date.now(), files }, key()) : store.delete(key()))),
      take: () => then(async (store) => {
        // Of a tab that was closed nobody asks again.
        for (const one of await ended(store.getAllKeys())) {
          if (!(Date.now() - (await ended(store.get(one))).at < DAY)) await ended(store.delete(one));
        }
        return (await ended(store.get(key())) || {}).files;
      }),
      drop: () => {
        const old = then((store) => ended(store.delete(key())));
        return old.then(() => { try { window.sessionStorage.removeItem(TAB); } catch { /* nothing was kept */ } });
      },
    };
  };

  // -- files: chosen, dropped, pasted, shown, removed -----------------------------------------

  const attachments = (form, kept, shelved) => {
    const input = form.querySelector("input[type=file]");
    if (!input) return null;
    const list = form.querySelector("#chosen");
    const row = form.querySelector("#chosen-row");
    const sum = form.querySelector("#chosen-sum");
    const fault = form.querySelector("#files-fault");
    const text = form.querySelector("#files-fault-text");
    let files = [];
    let bars = [];
    let urls = [];
    const tenths = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const size = (bytes) => (bytes >= 1048576
      ? sum.dataset.mb.replace("{count}", tenths.format(bytes / 1048576))
      : sum.dataset.kb.replace("{count}", Math.ceil(bytes / 1024)));
    // Announced when it changes, which a sentence that the server wrote is not.
    fault.setAttribute("role", "alert");

    const judge = () => {
      const total = files.reduce((all, file) => all + file.size, 0);
      if (files.length > Number(input.dataset.most)) return text.dataset.many;
      if (total > Number(input.dataset.room)) return text.dataset.large;
      return "";
    };

    const line = (file, place) => {
      const item = row.content.firstElementChild.cloneNode(true);
      const picture = item.querySelector("img");
      const ending = item.querySelector(".ending");
      item.querySelector(".chosen-name").textContent = file.name;
      item.querySelector(".chosen-size").textContent = size(file.size);
      if (/^image\/(png|jpeg|gif|webp)$/.test(file.type)) {
        urls.push(URL.createObjectURL(file));
        picture.src = urls[urls.length - 1];
        picture.hidden = false;
        ending.hidden = true;
        picture.addEventListener("error", () => {
          picture.hidden = true;
          ending.hidden = false;
        });
      }
      ending.textContent = (/\.([A-Za-z0-9]{1,4})$/.exec(file.name) || ["", "…"])[1].toUpperCase();
      const bar = item.querySelector("progress");
      bar.setAttribute("aria-label", file.name);
      bars.push(bar);
      const button = item.querySelector("button");
      button.setAttribute("aria-label", button.dataset.label.replace("{name}", file.name));
      button.addEventListener("click", () => {
        files.splice(place, 1);
        show();
        const next = list.querySelectorAll("button")[Math.min(place, files.length - 1)];
        (next || input).focus();
      });
      return item;
    };

    const show = () => {
      const chosen = new DataTransfer();
      files.forEach((file) => chosen.items.add(file));
      input.files = chosen.files;
      urls.forEach((url) => URL.revokeObjectURL(url));
      urls = [];
      bars = [];
      list.replaceChildren(...files.map(line));
      list.hidden = !files.length;
      const total = files.reduce((all, file) => all + file.size, 0);
      sum.textContent = files.length
        ? sum.dataset.sum.replace("{count}", files.length).replace("{size}", size(total)) : "";
      const sentence = judge();
      text.textContent = sentence;
      fault.hidden = !sentence;
      fault.parentElement.classList.toggle("faulty", Boolean(sentence));
      if (sentence) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (shelved) shelved.put(sentence ? [] : files);
    };

    const add = (more) => {
      const known = new Set(files.map((file) => `${file.name}/${file.size}/${file.lastModified}`));
      files = files.concat(more.filter((file) => !known.has(`${file.name}/${file.size}/${file.lastModified}`)));
      show();
    };

    input.addEventListener("change", () => {
      // A browser replaces what was chosen before; people mean to add.
      if (input.files.length) add(Array.from(input.files));
      else show();
    });
    if (kept.length) add(kept);
    else if (shelved) shelved.take().then((found) => { if (found && found.length) add(found); });
    return {
      add,
      clear: () => { files = []; show(); },
      judge,
      input,
      files: () => files,
      // A screenshot from the clipboard is always called image.png.
      named: (file) => (/^image\.\w+$/.test(file.name)
        ? new File([file], `${sum.dataset.paste}-${files.length + 1}.${file.name.split(".").pop()}`,
          { type: file.type, lastModified: file.lastModified })
        : file),
      progress: (sent, total) => {
        let before = total - files.reduce((all, file) => all + file.size, 0);
        files.forEach((file, place) => {
          const part = Math.max(0, Math.min(file.size, sent - before));
          bars[place].hidden = false;
          bars[place].value = file.size ? Math.round((100 * part) / file.size) : 100;
          before += file.size;
        });
      },
      idle: () => bars.forEach((bar) => { bar.hidden = true; bar.value = 0; }),
    };
  };

  // -- recovery phrases, warned of while they are typed -------------------------------------------

  // As the server finds them: so many words of the list of BIP-39, and no more than a few other
  // characters between two. The list is loaded when a text first could hold a phrase; until
  // it is there, and where it cannot be had, a word is known by its looks.
  const LEAST = 12;
  const GAP = 16;
  let listed = null;
  let loading = null;

  const phrases = (text) => {
    const found = [];
    let run = 0;
    let start = 0;
    let end = 0;
    const over = () => { if (run >= LEAST) found.push([start, end]); run = 0; };
    for (const one of text.matchAll(/[A-Za-z]+|[^\P{L}A-Za-z]+/gu)) {
      const word = one[0].toLowerCase();
      const known = listed ? listed.has(word) : /^[a-z]{3,8}$/.test(word);
      if (!known || one.index - end > GAP) over();
      if (known) {
        if (!run) start = one.index;
        run += 1;
        end = one.index + one[0].length;
      }
    }
    over();
    return found;
  };

  const without = (text) => phrases(text).reverse()
    .reduce((kept, [start, end]) => kept.slice(0, start) + kept.slice(end), text);

  const warnings = (form, sentence) => {
    const load = () => {
      if (!loading) {
        loading = fetch(form.dataset.words).then((answer) => (answer.ok ? answer.text() : ""))
          .then((all) => { if (all) listed = new Set(all.split("\n")); })
          .catch(() => undefined)
          .then(() => { if (!listed) loading = null; });
      }
      return loading;
    };
    const show = (field, wanted) => {
      const id = `${field.id}-phrase`;
      const there = document.getElementById(id);
      if (Boolean(there) === wanted) return;
      const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
      if (wanted) {
        const told = document.createElement("p");
        Object.assign(told, { id, className: "warning", textContent: sentence });
        told.setAttribute("role", "alert");
        field.after(told);
        described.push(id);
      } else {
        there.remove();
      }
      if (described.length) field.setAttribute("aria-describedby", described.join(" "));
      else field.removeAttribute("aria-describedby");
    };
    const look = async (field) => {
      if (!listed && phrases(field.value).length) {
        await load();
        // What was left out of the draft for its looks alone is kept.
        form.dispatchEvent(new Event("input"));
      }
      if (field.isConnected) show(field, phrases(field.value).length > 0);
    };
    const all = form.querySelectorAll(".question > textarea, .question > input:not([type=file])");
    const later = new Map();
    all.forEach((field) => {
      field.addEventListener("input", () => {
        window.clearTimeout(later.get(field));
        later.set(field, window.setTimeout(() => look(field), 250));
      });
    });
    return { look: () => all.forEach(look) };
  };

  // -- what was typed, kept on this device for a day, or as long as its tab is open -------------

  const drafts = (form, name, files, place) => {
    const fields = () => Array.from(form.elements).filter((one) => one.name && one.type !== "hidden"
      && one.type !== "file" && one.tabIndex >= 0 && one.tagName !== "BUTTON");
    const forget = form.querySelector("[data-forget]");
    const attempt = (work) => { try { return work(); } catch { return null; } };
    const drop = () => attempt(() => place().removeItem(name));

    const keep = () => attempt(() => {
      const values = {};
      for (const one of fields()) {
        // What must never be sent must not lie about in a browser either.
        const secret = PHRASE.test(one.value.trim()) && "wallet" in one.dataset;
        const value = secret ? "" : without(one.value);
        if (value) values[one.name] = value;
      }
      if (Object.keys(values).length) place().setItem(name, JSON.stringify({ at: Date.now(), values }));
      else drop();
    });

    let timer = 0;
    form.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(keep, 250);
    });
    window.addEventListener("pagehide", () => { if (timer) keep(); });
    if (forget) {
      forget.addEventListener("click", () => {
        fields().forEach((one) => { one.value = ""; one.dispatchEvent(new Event("input")); });
        if (files) files.clear();
        drop();
        forget.hidden = true;
        (fields()[0] || form).focus();
      });
    }
    const restore = () => attempt(() => {
      const found = JSON.parse(place().getItem(name) || "null");
      if (!found || !(Date.now() - found.at < DAY)) return drop();
      for (const one of fields()) {
        if (!one.value && typeof found.values[one.name] === "string") one.value = found.values[one.name];
      }
      if (forget) forget.hidden = false;
      return null;
    });
    // A page with an error in it holds what was typed already.
    if (!document.querySelector(".summary")) restore();
    return { drop: () => { window.clearTimeout(timer); timer = 0; drop(); } };
  };

  // -- proof of work, only when the server asks for it -------------------------------------------

  const solve = (form) => new Promise((done, failed) => {
    const worker = new Worker(form.dataset.worker);
    worker.onmessage = (event) => { worker.terminate(); done(event.data); };
    worker.onerror = () => { worker.terminate(); failed(new Error("no worker")); };
    worker.postMessage({ token: form.elements.token.value, bits: Number(form.dataset.work) });
  });

  // -- sending -------------------------------------------------------------------------------------

  let current = null;

  const setup = (kept) => {
    const form = document.querySelector("form[data-send]");
    if (!form) return;
    const name = `intake:${form.getAttribute("action").split("?")[0]}`;
    const lasting = form.dataset.draft;
    const short = lasting === "tab";
    const shelved = lasting !== undefined && !short ? shelf(name) : null;
    const files = attachments(form, kept, shelved);
    const place = () => (short ? window.sessionStorage : window.localStorage);
    const draft = lasting !== undefined ? drafts(form, name, files, place) : { drop: () => undefined };
    const button = form.querySelector("button[type=submit]");
    const said = form.querySelector(".sending");
    if (form.dataset.words) warnings(form, said.dataset.phrase).look();
    let sending = false;
    let pressed = null;
    let worked = form.dataset.work ? solve(form).catch(() => "") : null;

    const stop = (sentence) => {
      sending = false;
      button.removeAttribute("aria-disabled");
      said.textContent = sentence;
      if (files) files.idle();
    };

    const replace = (page, again) => {
      const found = new DOMParser().parseFromString(page, "text/html");
      const main = found.querySelector("main");
      if (!main || !main.querySelector("form[data-send]")) return stop(said.dataset.large);
      const asked = main.querySelector("form[data-work]");
      main.querySelectorAll("[autofocus]").forEach((one) => one.removeAttribute("autofocus"));
      document.title = found.title;
      document.querySelector("main").replaceWith(document.adoptNode(main));
      setup(files ? files.files() : []);
      const summary = document.querySelector(".summary");
      if (asked && !again) return current.send(true, pressed);
      if (summary) summary.focus();
      return null;
    };

    const send = async (again, by) => {
      sending = true;
      pressed = by || pressed;
      button.setAttribute("aria-disabled", "true");
      if (worked) {
        said.textContent = said.dataset.working;
        form.elements.work.value = await worked;
      }
      said.textContent = said.dataset.sending;
      // Our mails tell the time by the clock that this page shows.
      const clock = form.querySelector("[data-zone]");
      if (clock) clock.value = -new Date().getTimezoneOffset();
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable && files) files.progress(event.loaded, event.total);
        if (event.lengthComputable) {
          said.textContent = `${said.dataset.sending} ${Math.round((100 * event.loaded) / event.total)} %`;
        }
      });
      request.addEventListener("error", () => stop(said.dataset.offline));
      request.addEventListener("load", async () => {
        if (request.status < 400 && request.responseURL) {
          draft.drop();
          if (shelved) await Promise.race([shelved.drop(), new Promise((done) => { setTimeout(done, 500); })]);
          // Coming back with the Back button must find an empty form, and one that can be sent.
          form.reset();
          window.location.assign(request.responseURL);
        } else {
          replace(request.responseText, again);
        }
      });
      const typed = new FormData(form);
      // Which of two buttons it was, a browser says only where it sends the form itself.
      if (pressed && pressed.name) typed.append(pressed.name, pressed.value);
      request.send(typed);
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (sending) return;
      if (files && files.judge()) {
        files.input.focus();
        return;
      }
      send(false, event.submitter);
    });
    window.addEventListener("pageshow", () => stop(""));
    current = { form, files, send };
  };

  // -- dropped and pasted anywhere on the page -------------------------------------------------------

  const holds = (transfer) => transfer && Array.from(transfer.types).includes("Files");
  const zone = (on) => { if (current) current.form.classList.toggle("dropping", on); };
  document.addEventListener("dragover", (event) => {
    if (!holds(event.dataTransfer) || !current || !current.files) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    zone(true);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone(false); });
  document.addEventListener("drop", (event) => {
    zone(false);
    if (!holds(event.dataTransfer) || !current || !current.files) return;
    event.preventDefault();
    current.files.add(Array.from(event.dataTransfer.files));
  });
  document.addEventListener("paste", (event) => {
    const pasted = Array.from((event.clipboardData && event.clipboardData.files) || []);
    if (!pasted.length || !current || !current.files) return;
    event.preventDefault();
    current.files.add(pasted.map(current.files.named));
  });

  setup([]);
})();
