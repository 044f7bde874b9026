// Prints `PASSED FAILED` of a vitest JSON result. A test file that could not be loaded counts as a failed test.
import fs from 'node:fs';

const { numPassedTests, numFailedTests, testResults } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const unloaded = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.every(one => one.status !== 'failed'),
);
console.log(`${numPassedTests} ${numFailedTests + unloaded.length}`);
