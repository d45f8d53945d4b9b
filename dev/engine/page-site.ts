import { pagesOf } from "../shared/html";

export const page = pagesOf({
  name: "Engine",
  menu: [
    { href: "/", label: "Runs" },
    { href: "/events", label: "Events" },
    { href: "/functions", label: "Functions" },
    { href: "/send", label: "Send event" },
  ],
});
