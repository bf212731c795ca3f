// The shapes of a page as SVG elements, by id. Nothing here renders anew: of a change only the elements of
// its shapes are made again, and while somebody draws this layer is not touched at all.

import {
    frameOf,
    get,
    paintOrder,
    patched,
    type FindShape,
    type PageStore,
    type Patch,
    type Shape,
    type ShapeId,
} from "@libconf/client/board";
import { opacityOf, painted, paintedInPlace, standsInPlace, wholeOf, type Painted } from "./paint.ts";

const svgSpace = "http://www.w3.org/2000/svg";

export function svgElement(tag: string, attributes: Painted["attributes"] = {}): SVGElement {
    const made = document.createElementNS(svgSpace, tag);
    for (const name in attributes) made.setAttribute(name, String(attributes[name]));
    return made;
}

function made(one: Painted): SVGElement {
    const element = svgElement(one.tag, one.attributes);
    if (one.text !== undefined) element.textContent = one.text;
    for (const child of one.children ?? []) element.append(made(child));
    return element;
}

/**
 * One element, or, of several, a group of them. What is not turned has its place in its own coordinates: each
 * `transform` in a page costs Chromium something in every frame, whether or not it is painted anew. What is being
 * dragged has one for as long: writing long paths anew for each of its places would cost more.
 */
export function elementOf(
    shape: Shape,
    find: FindShape,
    addressOf: (asset: string) => string,
    isDragged = false,
): SVGElement | null {
    const hasTransform = isDragged || !standsInPlace(shape);
    const parts = (hasTransform ? painted : paintedInPlace)(shape, find, addressOf);
    const whole: Painted["attributes"] = hasTransform ? wholeOf(shape) : { ...opacityOf(shape) };
    const [first, ...others] = parts;
    if (first === undefined) return null;
    if (others.length > 0) {
        const group = svgElement("g", whole);
        for (const part of parts) group.append(made(part));
        return group;
    }
    if (whole["transform"] !== undefined && first.attributes["transform"] !== undefined) {
        const group = svgElement("g", whole);
        group.append(made(first));
        return group;
    }
    return made({ ...first, attributes: { ...whole, ...first.attributes } });
}

export class ShapeLayer {
    readonly #root: SVGElement;
    readonly #store: PageStore;
    readonly #addressOf: (asset: string) => string;
    readonly #elements = new Map<ShapeId, SVGElement>();
    /** What is being dragged: as it will be, before the server is told. */
    #previews: ReadonlyMap<ShapeId, Patch> = new Map();
    #hidden: ReadonlySet<ShapeId> = new Set();
    /** Who has to be painted again when that one has moved: arrows bound to it, shapes in that frame. */
    readonly #dependents = new Map<ShapeId, Set<ShapeId>>();
    readonly #off: () => void;
    #draft: SVGElement | null = null;

    constructor(root: SVGElement, store: PageStore, addressOf: (asset: string) => string) {
        this.#root = root;
        this.#store = store;
        this.#addressOf = addressOf;
        this.#off = store.on((ids) => (ids === null ? this.#all() : this.#some(ids)));
        this.#all();
    }

    dispose(): void {
        this.#off();
        this.#root.replaceChildren();
    }

    readonly find: FindShape = (id) => {
        const shape = this.#store.shapes.get(id);
        const preview = this.#previews.get(id);
        return shape === undefined || preview === undefined
            ? shape
            : { ...shape, given: patched(shape.given, preview) };
    };

    /** Shows these shapes as if they had that patch already. */
    preview(patches: ReadonlyMap<ShapeId, Patch>): void {
        const ids = new Set([...this.#previews.keys(), ...patches.keys()]);
        this.#previews = patches;
        this.#some([...ids]);
    }

    /** These are not to be seen: one whose text is being written, those under the eraser. */
    hide(ids: ReadonlySet<ShapeId>): void {
        const changed = [...this.#hidden, ...ids].filter((id) => this.#hidden.has(id) !== ids.has(id));
        this.#hidden = ids;
        this.#some(changed);
    }

    /** A shape that is being drawn and is nowhere yet; null: none. */
    draft(shape: Shape | null): void {
        this.#draft?.remove();
        this.#draft = shape === null ? null : elementOf(shape, this.find, this.#addressOf);
        if (this.#draft !== null) this.#root.append(this.#draft);
    }

    #all(): void {
        this.#elements.clear();
        this.#dependents.clear();
        const all = document.createDocumentFragment();
        for (const shape of this.#store.order) {
            const element = this.#make(shape);
            if (element !== null) all.append(element);
        }
        this.#root.replaceChildren(all);
    }

    #some(ids: readonly ShapeId[]): void {
        const all = new Set(ids);
        for (const id of ids) for (const other of this.#dependents.get(id) ?? []) all.add(other);
        const shown: Shape[] = [];
        for (const id of all) {
            this.#elements.get(id)?.remove();
            this.#elements.delete(id);
            const shape = this.find(id);
            if (shape !== undefined && this.#make(shape) !== null) shown.push(shape);
        }
        // From the top down, so that what each stands below is in its place already.
        for (const shape of shown.sort((a, b) => paintOrder(b, a)))
            this.#root.insertBefore(this.#elements.get(shape.id)!, this.#nextElement(shape.id));
    }

    #nextElement(id: ShapeId): SVGElement | null {
        for (let next = this.#store.after(id); next !== null; next = this.#store.after(next.id)) {
            const element = this.#elements.get(next.id);
            if (element?.parentNode === this.#root) return element;
        }
        return null;
    }

    #make(shape: Shape): SVGElement | null {
        for (const end of ["start_binding", "end_binding"] as const) {
            const binding = shape.type === "arrow" ? get(shape, end) : null;
            if (binding !== null) this.#dependsOn(shape.id, binding.shape);
        }
        const element = elementOf(shape, this.find, this.#addressOf, this.#previews.has(shape.id));
        if (element === null) return null;
        if (this.#hidden.has(shape.id)) element.setAttribute("visibility", "hidden");
        const frame = shape.given.parent == null ? null : frameOf(shape, this.find);
        const shown = frame === null ? element : this.#clipped(element, frame, shape.id);
        this.#elements.set(shape.id, shown);
        return shown;
    }

    /** Within the edge of its frame. */
    #clipped(element: SVGElement, frame: Shape, id: ShapeId): SVGElement {
        this.#dependsOn(id, frame.id);
        const around = svgElement("svg", {
            x: get(frame, "x"),
            y: get(frame, "y"),
            width: get(frame, "width"),
            height: get(frame, "height"),
            viewBox: `${get(frame, "x")} ${get(frame, "y")} ${get(frame, "width")} ${get(frame, "height")}`,
            overflow: "hidden",
        });
        around.append(element);
        return around;
    }

    #dependsOn(id: ShapeId, on: ShapeId): void {
        const all = this.#dependents.get(on) ?? new Set();
        all.add(id);
        this.#dependents.set(on, all);
    }
}
