"use strict";

// Markdown as Teams reads it: no HTML, no links made of plain text.
const markdown = window.markdownit({ html: false, linkify: false });
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

const shown = new Map();
const by = document.getElementById("by");
const toast = document.getElementById("toast");
const list = document.getElementById("messages");

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return answer.json();
}

function render(holder, message, card) {
  const adaptive = new AdaptiveCards.AdaptiveCard();
  adaptive.hostConfig = new AdaptiveCards.HostConfig({
    fontFamily: "Segoe UI, system-ui, sans-serif",
    supportsInteractivity: true,
    actions: { actionsOrientation: "horizontal", maxActions: 6, showCard: { actionMode: "inline" } },
  });
  adaptive.onExecuteAction = async action => {
    if (action instanceof AdaptiveCards.OpenUrlAction) {
      window.open(action.url, "_blank", "noopener");
      return;
    }
    if (!(action instanceof AdaptiveCards.ExecuteAction)) {
      return;
    }
    // The library has put the inputs beside the button's own data.
    const inputs = {};
    for (const [name, value] of Object.entries(action.data ?? {})) {
      if (!["rid", "rev", "dig", "nonce", "exp", "conv", "act", "mac"].includes(name)) {
        inputs[name] = value;
      }
    }
    toast.textContent = "…";
    const answer = await post("/taps", { id: message.id, by: by.value, verb: action.verb, inputs });
    toast.textContent = answer.toast ?? (answer.status === 200 ? "" : `The app answered ${answer.status}.`);
    if (answer.card) {
      render(holder, message, answer.card);
    }
  };
  adaptive.parse(card);
  holder.replaceChildren(adaptive.render());
}

async function refresh() {
  const messages = await (await fetch("/messages")).json();
  for (const message of messages) {
    const stamp = `${message.updates}`;
    if (shown.get(message.id)?.stamp === stamp) {
      continue;
    }
    let article = shown.get(message.id)?.article;
    if (!article) {
      article = document.createElement("article");
      list.prepend(article);
    }
    const from = document.createElement("p");
    from.textContent = `${message.from} in ${message.channel}${message.updates ? ", edited" : ""}`;
    const holder = document.createElement("div");
    article.replaceChildren(from, holder);
    if (message.card) {
      render(holder, message, message.card);
    }
    shown.set(message.id, { stamp, article });
  }
}

document.getElementById("mention").addEventListener("submit", async event => {
  event.preventDefault();
  const answer = await post("/mentions", { by: by.value, text: document.getElementById("text").value || "pending" });
  toast.textContent = answer.toast ?? `The app answered ${answer.status}.`;
});

for (const person of await (await fetch("/people")).json()) {
  by.add(new Option(`${person.name} (${person.role})`, person.id));
}
await refresh();
setInterval(refresh, 1000);
