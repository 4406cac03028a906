// Sends the requests of the reference with the key that was typed. Without this file they are there as lines of curl.
const key = document.getElementById("key");
key.form.hidden = false;
key.form.addEventListener("submit", (event) => event.preventDefault());

const addressOf = (request, form) => {
  const query = new URLSearchParams();
  let path = request.dataset.path;
  for (const input of form.querySelectorAll("[data-in]")) {
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value) query.set(input.name, input.value);
  }
  return query.size ? `${path}?${query}` : path;
};

const readable = (text) => {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
};

const show = (place, status, text) => {
  const line = document.createElement("p");
  line.textContent = status;
  const body = document.createElement("pre");
  body.tabIndex = 0;
  body.textContent = readable(text);
  place.replaceChildren(line, ...(text ? [body] : []));
};

for (const request of document.querySelectorAll(".request[data-path]")) {
  const details = request.querySelector(".try");
  const form = details.querySelector("form");
  const body = form.querySelector("[data-body]");
  details.hidden = false;
  form.querySelector("[data-examples]")?.addEventListener("change", (event) => { body.value = event.target.value; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = form.querySelector(".answer");
    const headers = key.value ? { Authorization: `Bearer ${key.value.trim()}` } : {};
    if (body) headers["Content-Type"] = "application/json";
    try {
      const options = { method: request.dataset.method, headers, body: body?.value, credentials: "omit" };
      const answer = await fetch(addressOf(request, form), options);
      show(place, `${answer.status} ${answer.statusText}`, await answer.text());
    } catch {
      show(place, "The service did not answer.", "");
    }
  });
}
