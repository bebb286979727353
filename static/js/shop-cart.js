// A new quantity is sent as soon as it is set; the button is for those without scripts.
for (const form of document.querySelectorAll("[data-submit-on-change]")) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", () => form.reportValidity() && form.requestSubmit());
}
