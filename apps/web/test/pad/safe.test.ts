import { describe, expect, it } from "vitest";
import { ownImage, safeLink } from "../../src/pad/safe.ts";

describe("links", () => {
    it.each([
        ["https://example.org/a?b=c#d", "https://example.org/a?b=c#d"],
        ["http://example.org", "http://example.org"],
        ["HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"],
        ["mailto:ana@example.org", "mailto:ana@example.org"],
        ["tel:+33123456789", "tel:+33123456789"],
        [" example.org/agenda ", "https://example.org/agenda"],
        ["école.example", "https://école.example"],
        ["ana@example.org", "mailto:ana@example.org"],
    ])("may lead to %s", (typed, whole) => {
        expect(safeLink(typed)).toBe(whole);
    });

    it.each([
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\u0001javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://example.org/1",
        "about:blank",
        "ftp://example.org",
        "//example.org",
        "/r/tuesday",
        "#here",
        "https://",
        "two words",
        "word",
        "",
        `https://example.org/${"a".repeat(2000)}`,
    ])("may not lead to %j", (typed) => {
        expect(safeLink(typed)).toBe(null);
    });

    it("are text: nothing else is one", () => {
        for (const one of [null, undefined, 1, {}, ["https://example.org"]]) expect(safeLink(one)).toBe(null);
    });

    it("have 2000 characters at most", () => {
        const start = "https://example.org/";
        const at = start + "a".repeat(2000 - start.length);
        expect(safeLink(at)).toBe(at);
        expect(safeLink(`${at}a`)).toBe(null);
    });
});

describe("pictures", () => {
    it("come from this server's own store", () => {
        expect(ownImage("/api/v1/rooms/a/files/1.png")).toBe("/api/v1/rooms/a/files/1.png");
    });

    it.each([
        "https://example.org/a.png",
        "//example.org/a.png",
        "/\\example.org/a.png",
        "/r/tuesday",
        "/api/v1/../../r/tuesday",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "api/v1/a.png",
        "",
        null,
    ])("and not from %j", (src) => {
        expect(ownImage(src)).toBe(null);
    });
});
