// The form works without this. It saves people an upload that could only fail, and a second
// click on Send while the first one is under way.
"use strict";

(() => {
  const files = document.getElementById("files");
  const form = files && files.form;
  const fault = document.getElementById("files-fault");
  const text = document.getElementById("files-fault-text");
  if (!form || !files || !fault || !text) return;

  // Announced when it changes, which a sentence that the server wrote is not.
  fault.setAttribute("role", "alert");

  const judge = () => {
    const chosen = Array.from(files.files);
    const size = chosen.reduce((sum, file) => sum + file.size, 0);
    if (chosen.length > Number(files.dataset.most)) return text.dataset.many;
    if (size > Number(files.dataset.room)) return text.dataset.large;
    return "";
  };

  const show = () => {
    const sentence = judge();
    text.textContent = sentence;
    fault.hidden = !sentence;
    fault.parentElement.classList.toggle("faulty", Boolean(sentence));
    if (sentence) files.setAttribute("aria-invalid", "true");
    else files.removeAttribute("aria-invalid");
    return !sentence;
  };

  files.addEventListener("change", show);

  let sending = false;
  const button = form.querySelector("button");
  form.addEventListener("submit", (event) => {
    if (sending) {
      event.preventDefault();
    } else if (judge()) {
      event.preventDefault();
      show();
      files.focus();
    } else {
      sending = true;
      button.setAttribute("aria-disabled", "true");
    }
  });
  // Coming back with the Back button must find a form that can be sent.
  window.addEventListener("pageshow", () => {
    sending = false;
    button.removeAttribute("aria-disabled");
  });
})();
