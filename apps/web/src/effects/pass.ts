// One pass of WebGL 2 over a whole picture. Coordinates are those of the texture: row 0 is the top of the picture.

const vertices = `#version 300 es
uniform float upsideDown;
out vec2 at;
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
    at = vec2(corner.x, mix(corner.y, 1.0 - corner.y, upsideDown));
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

const head = `#version 300 es
precision highp float;
in vec2 at;
out vec4 color;
`;

interface Values {
    readonly [name: string]: number | readonly [number, number];
}

export class Pass {
    readonly #gl: WebGL2RenderingContext;
    readonly #program: WebGLProgram;
    readonly #shape: WebGLVertexArrayObject;

    /** `body` reads `at` and writes `color`. */
    constructor(gl: WebGL2RenderingContext, body: string) {
        this.#gl = gl;
        this.#program = gl.createProgram();
        for (const [kind, source] of [
            [gl.VERTEX_SHADER, vertices],
            [gl.FRAGMENT_SHADER, head + body],
        ] as const) {
            const shader = gl.createShader(kind)!;
            gl.shaderSource(shader, source);
            gl.compileShader(shader);
            gl.attachShader(this.#program, shader);
        }
        gl.linkProgram(this.#program);
        if (gl.getProgramParameter(this.#program, gl.LINK_STATUS) !== true && !gl.isContextLost())
            throw new Error(gl.getProgramInfoLog(this.#program) ?? "a shader does not compile");
        this.#shape = gl.createVertexArray();
    }

    /** Draws into what is bound, of that size. `toScreen`: a canvas has its row 0 at the bottom. */
    draw(width: number, height: number, toScreen: boolean, values: Values): void {
        const gl = this.#gl;
        gl.viewport(0, 0, width, height);
        gl.useProgram(this.#program);
        const all: Values = { ...values, upsideDown: toScreen ? 1 : 0 };
        for (const [name, value] of Object.entries(all)) {
            const place = gl.getUniformLocation(this.#program, name);
            if (typeof value === "number") gl.uniform1f(place, value);
            else gl.uniform2f(place, ...value);
        }
        gl.bindVertexArray(this.#shape);
        gl.drawArrays(gl.TRIANGLES, 0, 3);
        gl.bindVertexArray(null);
    }

    /** Which texture unit a sampler reads; once is enough. */
    reads(samplers: { readonly [name: string]: number }): this {
        const gl = this.#gl;
        gl.useProgram(this.#program);
        for (const [name, unit] of Object.entries(samplers))
            gl.uniform1i(gl.getUniformLocation(this.#program, name), unit);
        return this;
    }
}
