import { render } from "preact";
import { keepSettings, settings } from "./app/settings.ts";
import { changeLanguage, language, loadWords, preferredLanguage } from "./i18n/index.ts";
import { App } from "./app/app.tsx";
import "./styles/base.css";
import "./styles/kit.css";
import "./styles/pages.css";

language.value = preferredLanguage(settings.language.value);
await loadWords("common", "entry");
keepSettings();
render(<App />, document.querySelector("#app")!);

settings.language.subscribe((chosen) => {
    const wanted = preferredLanguage(chosen);
    if (wanted !== language.peek()) void changeLanguage(wanted);
});
