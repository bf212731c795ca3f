// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { NodeSelection } from "prosemirror-state";
import { insertImage, pictureAt, setPictureWords } from "../../src/pad/commands.ts";
import { PictureView } from "../../src/pad/pictures.ts";
import { schema } from "../../src/pad/schema.ts";
import { editorOf } from "./write.ts";

const path = "/api/v1/rooms/r/assets/png-1";
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
const node = (src: string, alt = "a cat") => schema.nodes.image.create({ src, alt });

describe("a picture", () => {
    it("is shown by its path with the token of now", async () => {
        const view = new PictureView(node(path), async (of) => `${of}?token=t`);
        await settle();
        const image = view.dom.querySelector("img")!;
        expect(image.getAttribute("src")).toBe(`${path}?token=t`);
        expect(image.alt).toBe("a cat");
        expect(view.update(node(path, "a dog"))).toBe(true);
        expect(image.alt).toBe("a dog");
    });

    it.each(["https://example.org/a.png", "//example.org/a.png", "/api/v1/../../x", "data:image/png,x"])(
        "of %s is its words, and nothing is fetched",
        async (src) => {
            const asked: string[] = [];
            const view = new PictureView(node(src), async (of) => {
                asked.push(of);
                return of;
            });
            await settle();
            expect(view.dom.querySelector("img")).toBeNull();
            expect(view.dom.textContent).toBe("a cat");
            expect(asked).toEqual([]);
        },
    );

    it("that cannot be fetched is asked for once more, then it is its words", async () => {
        let asked = 0;
        const view = new PictureView(node(path), async (of) => `${of}?token=${++asked}`);
        await settle();
        const image = view.dom.querySelector("img")!;
        image.dispatchEvent(new Event("error"));
        await settle();
        expect(image.getAttribute("src")).toBe(`${path}?token=2`);
        image.dispatchEvent(new Event("error"));
        await settle();
        expect(asked).toBe(2);
        expect(view.dom.textContent).toBe("a cat");
    });

    it("has words that can be changed while it is selected", () => {
        const view = editorOf([]);
        expect(setPictureWords("x")(view.state)).toBe(false);
        insertImage(path, "a cat")(view.state, view.dispatch);
        view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, 1)));
        expect(pictureAt(view.state)?.attrs["alt"]).toBe("a cat");
        setPictureWords("a dog")(view.state, view.dispatch);
        expect(pictureAt(view.state)?.attrs["alt"]).toBe("a dog");
        view.destroy();
    });
});
