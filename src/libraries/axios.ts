/** axios: requests, with the signal in the configuration. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, nothing, same, sameMembers } from './rows.ts';
import { axiosStub } from './stubs/clients.ts';

const request = (config: number): Api => ({
  does: [],
  gives: 'promise',
  known: {
    outside: 'network',
    leavesTurn: true,
    signal: { argument: config, option: 'signal' },
    timeouts: [
      { argument: config, option: 'timeout' },
      { argument: config, option: 'cancelToken' },
    ],
    endless: true,
  },
});
const verbs: Library['apis'] = {
  ...sameMembers('Axios', request(1), 'get', 'delete', 'head', 'options'),
  ...sameMembers('Axios', request(2), 'post', 'put', 'patch', 'postForm', 'putForm', 'patchForm'),
  'Axios.request': request(0),
};

export const axios = defineLibrary({
  package: 'axios',
  language: 'typescript',
  worksOutside: true,
  supertypes: { AxiosInstance: ['Axios'], AxiosStatic: ['AxiosInstance'] },
  apis: {
    ...verbs,
    // `axios(config)`, `axios(url, config)`.
    ...same(request(-1), 'default', 'AxiosInstance()', 'AxiosStatic()'),
    ...same(
      {
        does: [{ does: 'make', type: 'AxiosInstance' }],
        known: {
          signal: { argument: 0, option: 'signal' },
          timeouts: [{ argument: 0, option: 'timeout' }],
        },
      },
      'create',
      'AxiosInstance.create',
    ),
    'Axios.getUri': nothing,
    ...same(
      does({
        does: 'register',
        handler: 0,
        entry: {
          trigger: 'hook',
          instances: 'many',
          evidence: 'framework',
          awaitsHandler: true,
          rejection: 'reported',
          confined: [0],
          runsOn: 'event-loop',
        },
      }),
      'AxiosInterceptorManager.use',
    ),
    ...sameMembers('AxiosInterceptorManager', nothing, 'eject', 'clear'),
    ...same(
      nothing,
      'isAxiosError',
      'isCancel',
      'toFormData',
      'formToJSON',
      'mergeConfig',
      'getAdapter',
      'AxiosHeaders.*',
      'new AxiosHeaders',
      'new AxiosError',
      'AxiosError.*',
    ),
    ...same(does({ does: 'combine', values: 0, until: 'all' }), 'all', 'AxiosStatic.all'),
    ...same(does({ does: 'give', what: { argument: 0 } }), 'spread'),
    'CancelTokenStatic.source': nothing,
  },
  stub: axiosStub,
  checked: { version: '1.21.1', how: 'fixtures/libraries/axios (types only: it needs a network)' },
});
