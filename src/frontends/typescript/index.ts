/** The TypeScript and JavaScript front end: loads projects, extracts facts file by file. */
import { defineFrontend, type OpenProject } from '../frontend.ts';
import { createExtractor } from './extract.ts';
import { writeRepro } from './repro.ts';
import { isCode } from './loader/paths.ts';
import { openProject } from './loader/open.ts';
import { typeErrorsOf } from './loader/typeErrors.ts';
import { reportSyntaxErrors } from './loader/syntax.ts';
import { editsFor } from './repairs/index.ts';

export const typescript = defineFrontend({
  language: 'typescript',
  commentPrefix: '//',
  claims: isCode,
  repro: writeRepro,
  open: async options => {
    const { project, fileProjects, packages, skipped, diagnostics } = openProject(options);
    const extractor = createExtractor(project);
    const opened: OpenProject = {
      files: project.files,
      packages,
      fileProjects,
      skipped,
      diagnostics,
      text: project.text,
      edits(file, repair) {
        const loaded = project.load(file);
        return loaded ? editsFor(loaded, repair) : null;
      },
      typeErrors(file) {
        const loaded = project.load(file);
        return loaded ? typeErrorsOf(loaded) : [];
      },
      extract(file) {
        try {
          const loaded = project.load(file);
          if (!loaded) return null;
          reportSyntaxErrors(loaded, diagnostics);
          return extractor.extract(file);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          diagnostics.push({
            kind: 'gave-up',
            severity: 'warning',
            message: `nested too deeply to be analysed: ${error.message}`,
            file,
          });
          return null;
        } finally {
          project.done(file);
        }
      },
    };
    return opened;
  },
});
