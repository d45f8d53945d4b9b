// A fake of https://js.stripe.com/…/stripe.js with the functions that the card form calls. The card number is in a frame of
// Stripe, and the script calls Stripe's API. The test answers that call.
window.Stripe = (key) => {
  let number = "";
  addEventListener("message", ({ origin, data }) => {
    if (origin === "https://js.stripe.com") number = data.number;
  });
  const frame = (src, title) => Object.assign(document.createElement("iframe"), { src, title });
  const element = {
    mount(place) {
      place.append(frame("https://js.stripe.com/card.html", "Secure card payment input frame"));
      // Stripe also opens invisible frames of its other hosts.
      for (const host of ["https://hooks.stripe.com/", "https://m.js.stripe.com/"])
        place.append(Object.assign(frame(host, "Stripe"), { hidden: true }));
    },
    on: (name, listener) => name === "ready" && queueMicrotask(() => listener({ elementType: "payment" })),
    ...{ once() {}, off() {}, update() {}, unmount() {}, destroy() {} },
  };
  const refused = (message) => ({ error: { type: "validation_error", message } });
  return {
    elements: (options) => ({
      ...{ options, create: () => element, getElement: () => element, update() {} },
      submit: async () => (number.length < 16 ? refused("Your card number is incomplete.") : {}),
    }),
    async createPaymentMethod({ elements }) {
      if (elements.options.mode !== "payment" || elements.options.paymentMethodCreation !== "manual")
        return refused("These elements make no payment method.");
      const body = new URLSearchParams({ type: "card", "card[number]": number, key });
      const response = await fetch("https://api.stripe.com/v1/payment_methods", { method: "POST", body });
      const answer = await response.json();
      return answer.error ? answer : { paymentMethod: answer };
    },
    ...{ createToken() {}, confirmCardPayment() {}, registerAppInfo() {}, _registerWrapper() {} },
  };
};
