// Prints each test of vitest's report as "ok NAME", or "FAILED NAME" and why.
import { readFileSync } from "node:fs";

const [folder, file] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, "utf8"));
let failed = !report.success;
for (const suite of report.testResults) {
    // A file that cannot be loaded has no tests that could fail.
    if (suite.status === "failed" && suite.assertionResults.length === 0) {
        console.log(`FAILED ${folder} ${suite.name}\n${suite.message}`);
    }
    for (const test of suite.assertionResults) {
        const name = `${folder} ${test.fullName}`;
        if (test.status === "passed") {
            console.log(`ok ${name}`);
        } else {
            failed = true;
            console.log(`FAILED ${name}: ${test.status}\n${(test.failureMessages ?? []).join("\n")}`);
        }
    }
}
if (report.numTotalTests === 0) failed = true;
process.exit(failed ? 1 : 0);
