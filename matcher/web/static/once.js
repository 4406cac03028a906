// A second click while the answer is on its way would store the need twice. Without this file all else works.
const PAUSE = 3000;
for (const form of document.querySelectorAll('form[method="post"]')) {
  let sent = -PAUSE;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sent < PAUSE) event.preventDefault();
    else sent = event.timeStamp;
  });
}
