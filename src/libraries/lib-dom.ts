/** The document: known so that its calls are no gaps; only listeners and observers matter. */
import { defineLibrary } from './library.ts';
import { does, entry, later, nothing, outside, same } from './rows.ts';

/** Types whose other members do nothing that matters. */
const quiet = [
  'Window', 'WindowOrWorkerGlobalScope', 'Document', 'DocumentFragment', 'Node', 'ParentNode', 'ChildNode', 'Element', 'HTMLElement', 'SVGElement',
  'ShadowRoot', 'NodeList', 'NodeListOf', 'HTMLCollection', 'HTMLCollectionOf', 'DOMTokenList', 'CSSStyleDeclaration', 'DOMRect', 'Range', 'Selection', 'History',
  'Location', 'Navigator', 'MediaQueryList', 'HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement', 'HTMLFormElement', 'HTMLCanvasElement',
  'HTMLDialogElement', 'CanvasRenderingContext2D', 'DOMParser', 'XMLSerializer', 'DataTransfer', 'KeyboardEvent', 'MouseEvent', 'NonDocumentTypeChildNode',
  'HTMLOrSVGElement', 'NamedNodeMap', 'Attr', 'Text', 'CharacterData', 'TreeWalker', 'DOMStringMap', 'StyleSheet', 'CSSStyleSheet',
];
const observers = ['MutationObserver', 'IntersectionObserver', 'ResizeObserver', 'PerformanceObserver'];
const targets = ['Window', 'Node', 'MediaQueryList', 'ServiceWorkerContainer', 'VisualViewport', 'ScreenOrientation'];
const elements = ['HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement', 'HTMLFormElement', 'HTMLCanvasElement', 'HTMLDialogElement', 'HTMLButtonElement', 'HTMLAnchorElement', 'HTMLDivElement', 'HTMLImageElement', 'HTMLMediaElement'];

export const dom = defineLibrary({
  package: 'lib',
  language: 'typescript',
  supertypes: {
    ...Object.fromEntries(targets.map(type => [type, ['EventTarget']])),
    Document: ['Node', 'ParentNode'],
    DocumentFragment: ['Node', 'ParentNode'],
    ShadowRoot: ['DocumentFragment'],
    Element: ['Node', 'ParentNode', 'ChildNode'],
    HTMLElement: ['Element'],
    SVGElement: ['Element'],
    ...Object.fromEntries(elements.map(type => [type, ['HTMLElement']])),
  },
  apis: {
    ...same(nothing, ...quiet.map(type => `${type}.*`), ...observers.map(type => `${type}.*`), 'new DOMParser', 'new XMLSerializer', 'new Image', 'getComputedStyle', 'matchMedia'),
    // The browser calls an observer's callback again and again, on its own.
    ...Object.fromEntries(
      observers.map(type => [
        `new ${type}`,
        does({ does: 'register', handler: 0, entry: entry('event', { label: `${type} callback`, confined: [0] }) }, { does: 'make', type }),
      ]),
    ),
    ...same(does({ does: 'invoke', callback: 0, when: 'now', times: 'each', passes: [{ element: 'receiver' }] }), 'NodeList.forEach', 'NodeListOf.forEach', 'DOMTokenList.forEach'),
    ...same(outside('user'), 'HTMLMediaElement.play', 'Navigator.share', 'Element.requestFullscreen'),
    ...same({ does: [], known: { outside: 'user' } }, 'alert', 'confirm', 'prompt'),
    'Navigator.sendBeacon': { does: [], known: { outside: 'network' } },
    'HTMLCanvasElement.toBlob': does(later(0, ['unknown'])),
    ...same(outside('network'), 'ServiceWorkerContainer.register', 'CacheStorage.open', 'CacheStorage.match', 'CacheStorage.delete', 'CacheStorage.has', 'CacheStorage.keys'),
    ...same(outside('network'), 'Cache.add', 'Cache.addAll', 'Cache.put', 'Cache.match', 'Cache.delete', 'Cache.keys'),
  },
  checked: { version: 'typescript 6.0', how: 'names resolved in the compiler\'s DOM library' },
});
