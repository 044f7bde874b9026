import { defineReporter } from './reporter.ts';

/** The report as it is: `docs/report.schema.json` describes it, `schema` is its version. */
export default defineReporter({
  name: 'json',
  describe: 'the whole report, by docs/report.schema.json',
  render: report => `${JSON.stringify(report, null, 2)}\n`,
});
