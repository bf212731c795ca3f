// MediaPipe's selfie segmentation in a worker: which part of a picture is a person. Its own JavaScript face is left
// out: in a worker that one runs the model's file as a script, and has no WebGL context to draw with.

import { Pass } from "./pass.ts";

export interface ModelFiles {
    /** What Emscripten made: the loader, and the code that it loads. */
    readonly loader: string;
    readonly code: string;
    readonly graph: string;
    readonly model: string;
}

/** The size in which the model thinks. */
export const maskWidth = 256;
export const maskHeight = 144;

// As far as it is used here; MediaPipe's selfie_segmentation.js is the documentation.

interface Texture {
    readonly glName: number;
    readonly width: number;
    readonly height: number;
    delete(): void;
}

interface List<T> {
    push_back(one: T): void;
    delete(): void;
}

interface Packets {
    pushTexture2d(one: object): void;
    delete(): void;
}

interface Solution {
    loadGraph(graph: ArrayBuffer): void;
    overrideFile(path: string, content: ArrayBuffer): void;
    changeOptions(changes: List<object>): void;
    attachMultiListener(streams: List<string>, listener: object): void;
    send(packets: Packets): void;
}

const asItIs = `
uniform sampler2D picture;
void main() {
    color = texture(picture, at);
}`;

interface Module {
    canvas: OffscreenCanvas;
    readonly GL: {
        createContext(canvas: OffscreenCanvas, attributes: object): number;
        getContext(handle: number): { readonly GLctx: WebGL2RenderingContext };
        makeContextCurrent(handle: number): void;
    };
    readonly SolutionWasm: new () => Solution;
    readonly GraphOptionChangeRequestList: new () => List<object>;
    readonly StringList: new () => List<string>;
    readonly PacketDataList: new () => Packets;
    readonly PacketListener: {
        implement(listener: { onResults(found: { get(stream: number): Texture | undefined }): void }): object;
    };
    createTexture(): number;
    bindTexture2d(name: number): void;
}

type Loader = (options: object) => Promise<Module>;

const graphChanges = [
    {
        calculatorName: "ConstantSidePacketCalculatorModelSelection",
        calculatorType: "ConstantSidePacketCalculator",
        fieldName: "int_value",
        // The landscape.
        valueNumber: 1,
        valueBoolean: false,
    },
    // A graphics processor has to compile the model first, which takes seconds, and is missing on some machines: there
    // a mask took 550 ms, and 20 ms like this.
    {
        calculatorType: "InferenceCalculator",
        fieldName: "use_cpu_inference",
        valueNumber: 0,
        valueBoolean: true,
    },
];
const modelPath = "third_party/mediapipe/modules/selfie_segmentation/selfie_segmentation_landscape.tflite";

export class Segmenter {
    readonly #module: Module;
    readonly #solution: Solution;
    readonly #gl: WebGL2RenderingContext;
    readonly #input: number;
    readonly #show: Pass;
    #found: ImageBitmap | null = null;
    #time = 0;

    static async load(files: ModelFiles): Promise<Segmenter> {
        const scope = globalThis as unknown as {
            importScripts(url: string): void;
            createMediapipeSolutionsWasm: Loader;
        };
        scope.importScripts(files.loader);
        const silent = (): void => undefined;
        const [module, graph, model] = await Promise.all([
            // Its diary is for its makers.
            scope.createMediapipeSolutionsWasm({
                locateFile: () => files.code,
                print: silent,
                printErr: silent,
            }),
            bytes(files.graph),
            bytes(files.model),
        ]);
        return new Segmenter(module, graph, model);
    }

    private constructor(module: Module, graph: ArrayBuffer, model: ArrayBuffer) {
        this.#module = module;
        module.canvas = new OffscreenCanvas(maskWidth, maskHeight);
        const handle = module.GL.createContext(module.canvas, {
            alpha: false,
            antialias: false,
            majorVersion: 2,
        });
        if (handle === 0) throw new Error("no WebGL 2 here");
        module.GL.makeContextCurrent(handle);
        this.#gl = module.GL.getContext(handle).GLctx;
        this.#show = new Pass(this.#gl, asItIs).reads({ picture: 0 });
        this.#input = module.createTexture();

        this.#solution = new module.SolutionWasm();
        this.#solution.loadGraph(graph);
        this.#solution.overrideFile(modelPath, model);
        const streams = new module.StringList();
        streams.push_back("segmentation_mask");
        this.#solution.attachMultiListener(
            streams,
            module.PacketListener.implement({ onResults: (found) => this.#take(found.get(0)) }),
        );
        streams.delete();
        const changes = new module.GraphOptionChangeRequestList();
        for (const change of graphChanges) {
            changes.push_back({ calculatorName: "", calculatorIndex: 0, valueString: "", ...change });
        }
        this.#solution.changeOptions(changes);
        changes.delete();
    }

    /** The mask of a picture of the model's size: white is a person. Null: the model has said nothing. */
    find(picture: OffscreenCanvas): ImageBitmap | null {
        const gl = this.#gl;
        gl.activeTexture(gl.TEXTURE0);
        this.#module.bindTexture2d(this.#input);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
        this.#module.bindTexture2d(0);
        const packets = new this.#module.PacketDataList();
        // Microseconds, and each later than the one before.
        this.#time = Math.max(this.#time + 1, performance.now() * 1000);
        packets.pushTexture2d({
            glName: this.#input,
            width: maskWidth,
            height: maskHeight,
            stream: "input_frames_gpu",
            timestamp: this.#time,
        });
        this.#found = null;
        this.#solution.send(packets);
        packets.delete();
        return this.#found;
    }

    /** Called while `send` runs. */
    #take(texture: Texture | undefined): void {
        if (texture === undefined) return;
        this.#gl.activeTexture(this.#gl.TEXTURE0);
        this.#module.bindTexture2d(texture.glName);
        this.#gl.bindFramebuffer(this.#gl.FRAMEBUFFER, null);
        this.#show.draw(maskWidth, maskHeight, true, {});
        this.#module.bindTexture2d(0);
        this.#found = this.#module.canvas.transferToImageBitmap();
        texture.delete();
    }
}

async function bytes(url: string): Promise<ArrayBuffer> {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.arrayBuffer();
}
