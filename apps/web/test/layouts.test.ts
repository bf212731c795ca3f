import { describe, expect, it } from "vitest";
import { gap, gridOf, pageCount, pageSize, stripOf } from "../src/call/layouts.ts";

describe("the grid", () => {
    const stage = { width: 1280, height: 700 };

    it("fits into the stage, keeps its shape and has no empty row", () => {
        for (let count = 1; count <= 49; count += 1) {
            for (const upright of [false, true]) {
                const { columns, rows, tile } = gridOf(count, stage, upright);
                expect(columns * rows).toBeGreaterThanOrEqual(count);
                expect(columns * (rows - 1)).toBeLessThan(count);
                expect(columns * tile.width + (columns - 1) * gap).toBeLessThanOrEqual(stage.width + columns);
                expect(rows * tile.height + (rows - 1) * gap).toBeLessThanOrEqual(stage.height + rows);
                expect(Math.abs(tile.width / tile.height - (upright ? 4 / 5 : 16 / 9))).toBeLessThan(0.05);
            }
        }
    });

    it("makes tiles as large as any number of columns could", () => {
        for (let count = 1; count <= 30; count += 1) {
            const best = gridOf(count, stage, false).tile.width;
            for (let columns = 1; columns <= count; columns += 1) {
                const rows = Math.ceil(count / columns);
                const width = (stage.width - gap * (columns - 1)) / columns;
                const height = (stage.height - gap * (rows - 1)) / rows;
                expect(Math.floor(Math.min(width, (height * 16) / 9))).toBeLessThanOrEqual(best);
            }
        }
    });

    it("survives a stage of no size", () => {
        expect(gridOf(5, { width: 0, height: 0 }, false).tile).toEqual({ width: 0, height: 0 });
    });

    it("has pages", () => {
        expect(pageSize(stage)).toBe(49);
        expect(pageSize({ width: 740, height: 360 })).toBe(9);
        expect(pageCount(50, stage)).toBe(2);
        expect(pageCount(0, stage)).toBe(1);
    });

    it("says how many of a strip are hidden", () => {
        const few = stripOf(2, stage);
        expect(few.shown).toBe(2);
        const many = stripOf(40, stage);
        expect(many.shown).toBeGreaterThan(1);
        expect((many.shown + 1) * (many.tile.height + gap)).toBeLessThanOrEqual(stage.height + gap);
    });
});
