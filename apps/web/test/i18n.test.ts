import { describe, expect, it } from "vitest";
import { changeLanguage, language, loadWords, preferredLanguage, t } from "../src/i18n/index.ts";

describe("words", () => {
    it("have plurals and blanks", async () => {
        await loadWords("common", "entry");
        expect(t("common.people-count", { count: 1 })).toBe("1 person");
        expect(t("common.people-count", { count: 1200 })).toBe("1,200 people");
        expect(t("entry.silent", { device: "Desk" })).toBe(
            "We hear nothing from Desk. Is it muted by a switch?",
        );
    });

    it("come in the new language when it is changed while others load", async () => {
        await Promise.all([changeLanguage("fr"), loadWords("call")]);
        expect(language.value).toBe("fr");
        expect(document.documentElement.lang).toBe("fr");
        expect(t("call.noise")).toBe("Bruit autour de vous");
        expect(t("common.close")).toBe("Fermer");
    });

    it("are those of the last choice of several", async () => {
        await Promise.all([changeLanguage("en"), changeLanguage("fr"), changeLanguage("en")]);
        expect(language.value).toBe("en");
        expect(t("call.noise")).toBe("Noise around you");
    });

    it("follow the choice, then the browser's own languages", () => {
        expect(preferredLanguage("fr")).toBe("fr");
        expect(preferredLanguage("")).toBe("en");
        expect(preferredLanguage("tlh")).toBe("en");
    });
});
