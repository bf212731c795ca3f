import type { ToolName } from "../model.ts";
import { drawTool } from "./draw.ts";
import { eraseTool } from "./erase.ts";
import { formTool } from "./form.ts";
import { laserTool } from "./laser.ts";
import { selectTool } from "./select.ts";
import type { Tool } from "./tool.ts";
import { writeTool } from "./write.ts";

const all: { readonly [name in ToolName]: Tool } = {
    select: selectTool,
    // Moves the page before any tool is asked (`Pointers.isHand`).
    hand: { begin: () => null },
    pen: drawTool("pen"),
    highlighter: drawTool("highlighter"),
    eraser: eraseTool,
    line: formTool("line"),
    arrow: formTool("arrow"),
    rectangle: formTool("rectangle"),
    ellipse: formTool("ellipse"),
    polygon: formTool("polygon"),
    text: writeTool("text"),
    note: writeTool("note"),
    stamp: formTool("stamp"),
    laser: laserTool,
};

export function toolOf(name: ToolName): Tool {
    return all[name];
}
