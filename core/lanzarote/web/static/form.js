// Keeps what is typed into a form that says where: a while after each change, and on leaving. Without it the form works too.
{
  for (const form of document.querySelectorAll("form[data-form]")) {
    const told = JSON.parse(form.dataset.form);
    if (told) start(form, told.words, told.addresses);
  }

  function start(form, words, addresses) {
    const PAUSE = 3000, SLOWEST = 60000, ROOM_ON_LEAVING = 60000;
    const status = form.querySelector("[data-status]");
    let safe = form.hasAttribute("data-dirty") ? null : written(); // what is kept or saved of the form
    let timer = 0, wait = PAUSE, running = false, again = false, leaving = false, stopped = false;

    function written() {
      const data = new URLSearchParams(new FormData(form));
      data.delete("key");
      data.delete("do");
      return data.toString();
    }
    const changed = () => written() !== safe;

    function say(text, state = "") {
      if (status.textContent !== text) status.textContent = text;
      status.dataset.state = state;
    }

    function later(delay) {
      clearTimeout(timer);
      timer = setTimeout(keep, delay);
    }

    function touched() {
      if (stopped || leaving) return;
      if (!changed()) { clearTimeout(timer); return; }
      if (status.dataset.state !== "stop") say(words.changed);
      wait = PAUSE;
      later(PAUSE);
    }

    async function keep() {
      if (running) { again = true; return; }
      if (stopped || leaving || !changed()) return;
      running = true;
      const sent = written();
      try {
        let answer = await send(sent);
        if (answer.status === 401 || answer.status === 403 && !isJson(answer)) answer = await withNewKey(sent);
        if (answer) await read(answer, sent);
      } catch {
        wait = Math.min(wait * 2, SLOWEST);
        say(words.offline, "wait");
        later(wait);
      }
      running = false;
      if (again) { again = false; touched(); }
    }

    const isJson = (answer) => (answer.headers.get("content-type") || "").startsWith("application/json");

    function send(sent) {
      const body = new URLSearchParams(sent);
      body.set("key", form.elements.key.value);
      return fetch(addresses.keep, { method: "POST", body, redirect: "manual" });
    }

    // The session ended, or another one has begun: with its key this page goes on, if it is the same person's.
    async function withNewKey(sent) {
      const answer = await fetch(addresses.key, { redirect: "manual" });
      if (!answer.ok || !isJson(answer)) return signedOut();
      const { key, account } = await answer.json();
      if (account !== addresses.account) { say(words["other-person"], "stop"); stopped = true; return null; }
      const [own, rendered] = form.elements.key.value.split(".");
      if (key === own) { say(words.denied, "stop"); return null; }
      form.elements.key.value = rendered ? `${key}.${rendered}` : key;
      return send(sent);
    }

    function signedOut() {
      say(words["signed-out"], "stop");
      wait = Math.min(wait * 2, SLOWEST);
      later(wait);
      return null;
    }

    async function read(answer, sent) {
      if (!isJson(answer)) throw new Error("no answer of ours");
      const said = await answer.json();
      if (said.unwritten) {
        wait = Math.min(wait * 2, SLOWEST);
        say(words.unwritten, "wait");
        later(wait);
        return;
      }
      wait = PAUSE;
      mark(said.marked || []);
      if (said.untouched) {
        safe = sent;
        say("");
        if (changed()) touched();
      } else if (said.kept && said.marked) {
        // What is marked stands in this page alone: leaving it still asks first.
        say(words["kept-but"].replace("%(time)s", said.kept), "stop");
      } else if (said.kept) {
        safe = sent;
        say(changed() ? words.changed : words.kept.replace("%(time)s", said.kept));
        if (changed()) later(PAUSE);
      } else if (said.denied) {
        say(words.denied, "stop");
      } else {
        say(words.refused, "stop");
      }
      if (said.disclosure) {
        const lines = said.disclosure.map((line) => `${line.name}: ${line.number}`).join(" · ");
        say(`${status.textContent} ${words.disclosure} ${lines}`.trim(), "stop");
      }
    }

    // Say at each field why it was not kept, and offer a place for a reason where that is enough.
    function mark(found) {
      for (const old of form.querySelectorAll(".marked")) {
        const box = old.parentElement, field = box.querySelector("[aria-invalid]");
        field?.removeAttribute("aria-invalid");
        if (field) describe(field, old.id, false);
        box.classList.remove("has-error");
        old.remove();
      }
      for (const [number, one] of found.entries()) {
        const field = document.getElementById(one.field);
        if (!field) continue;
        const box = field.closest(".box, .field"), note = document.createElement("div");
        note.className = "marked";
        note.id = `marked-${number}`;
        const text = document.createElement("p");
        text.className = "error";
        const span = text.appendChild(document.createElement("span"));
        span.textContent = one.text;
        if (one.found) {
          const about = span.appendChild(document.createElement("span"));
          about.className = "about";
          about.append(`${words.found} `);
          about.appendChild(document.createElement("mark")).textContent = one.found;
        }
        note.append(text);
        field.before(note);
        field.setAttribute("aria-invalid", "true");
        describe(field, note.id, true);
        box.classList.add("has-error");
        field.closest("details")?.setAttribute("open", "");
        if (one.asks && !document.getElementById(one.asks)) field.after(reason(one));
      }
    }

    function describe(field, id, on) {
      const ids = (field.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
      if (on) ids.unshift(id);
      if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
      else field.removeAttribute("aria-describedby");
    }

    function reason(one) {
      const made = document.getElementById("reason-template").content.cloneNode(true);
      const label = made.querySelector("label"), input = made.querySelector("input"), help = made.querySelector("p");
      label.textContent = words.why;
      label.htmlFor = input.id = input.name = one.asks;
      help.remove();
      return made;
    }

    // On leaving there is no time for an answer.
    function leave() {
      if (leaving || stopped || !changed()) return;
      const body = new URLSearchParams(written());
      body.set("key", form.elements.key.value);
      if (body.toString().length < ROOM_ON_LEAVING) fetch(addresses.keep, { method: "POST", body, keepalive: true }).catch(() => {});
    }

    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
    addEventListener("online", () => { if (changed()) { wait = PAUSE; keep(); } });
    addEventListener("offline", () => { if (changed()) say(words.offline, "wait"); });
    addEventListener("focus", () => { if (status.dataset.state === "stop" && changed()) { wait = PAUSE; later(300); } });
    addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
    addEventListener("beforeunload", (event) => {
      if (leaving || !changed()) return;
      leave(); // before the page is asked for again: it comes back with this text
      event.preventDefault();
    });
    if (form.dataset.kept) {
      const partly = safe === null; // what is marked is in this page alone
      say(words[partly ? "kept-but" : "kept"].replace("%(time)s", form.dataset.kept), partly ? "stop" : "");
    } else if (safe === null) touched();

    for (const field of form.querySelectorAll("[data-advised]")) {
      const count = document.createElement("p");
      count.className = "count";
      const tell = () => {
        count.textContent = field.value
          ? words.characters.replace("%(count)s", [...field.value].length).replace("%(advised)s", field.dataset.advised) : "";
      };
      field.after(count);
      field.addEventListener("input", tell);
      tell();
    }
  }
}

// Adds rows and takes them away; without it a button of the form asks the server for the same.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const name = rows.dataset.rows, blank = document.querySelector(`template[data-row="${name}"]`);
  const add = rows.querySelector(`button[value="more:${name}"]`);
  const all = () => [...rows.querySelectorAll(":scope > fieldset")];
  let next = Math.max(-1, ...all().map((row) => parseInt(row.id.slice(name.length + 1)))) + 1;

  function changed() {
    all().forEach((row, at) => row.querySelectorAll("[data-number]").forEach((one) => { one.textContent = at + 1; }));
    all().forEach((row, at) => row.querySelectorAll(":scope > button[value^='up:']").forEach((one) => { one.hidden = !at; }));
    add.hidden = all().length >= rows.dataset.most;
    add.form.dispatchEvent(new Event("input"));
  }
  add.addEventListener("click", (event) => {
    event.preventDefault();
    const made = document.createElement("template");
    made.innerHTML = blank.innerHTML.replaceAll(`${name}[#]`, `${name}[${next++}]`);
    const row = made.content.querySelector("fieldset");
    add.before(row);
    changed();
    row.dispatchEvent(new Event("added", { bubbles: true }));
    row.querySelector("input:not([type=hidden]), select, textarea").focus();
  });
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("button[value^='less:']");
    if (!button) return;
    event.preventDefault();
    button.closest("fieldset").remove();
    changed();
    (add.hidden ? all().at(-1) : add).focus();
  });
}
