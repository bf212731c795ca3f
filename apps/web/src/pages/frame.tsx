import type { ComponentChildren } from "preact";
import { settings } from "../app/settings.ts";
import { language, languageNames, languages, t } from "../i18n/index.ts";

/** What every page but the call has around it. */
export function Frame(props: {
    readonly title: string;
    readonly children: ComponentChildren;
    readonly narrow?: boolean;
}) {
    document.title = `${props.title} · ${t("common.product")}`;
    return (
        <div class="page">
            <a class="skip" href="#content">
                {t("common.skip")}
            </a>
            <header class="page-head">
                <a class="brand" href="/">
                    <img src="/icon.svg" alt="" width="28" height="28" />
                    {t("common.product")}
                </a>
                <LanguageChoice />
            </header>
            <main id="content" class={props.narrow === true ? "narrow" : undefined} tabIndex={-1}>
                {props.children}
            </main>
        </div>
    );
}

export function LanguageChoice() {
    return (
        <div class="languages" role="group" aria-label={t("common.language")}>
            {languages.map((tag) => (
                <button
                    key={tag}
                    type="button"
                    lang={tag}
                    aria-pressed={tag === language.value}
                    onClick={() => {
                        settings.language.value = tag;
                    }}
                >
                    <span aria-hidden="true">{tag.toUpperCase()}</span>
                    <span class="hidden">{languageNames[tag]}</span>
                </button>
            ))}
        </div>
    );
}
