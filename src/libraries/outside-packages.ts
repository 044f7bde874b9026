/**
 * Packages without a table of their own that work outside of the process: a promise of theirs may reject, as any file,
 * network or database call may. A scope stands for all of its packages. What is neither here nor in a table may as well
 * never reject (a dialog, a delay, a cache in memory).
 */
import { defineLibrary, type Library } from './library.ts';

const PACKAGES = {
  files: `adm-zip archiver chokidar-cli cpy data-store decompress decompress-zip del download electron-store etcher-sdk
    expo-file-system extract-zip fs-extra fs-jetpack graceful-fs jsonfile level leveldown leveldb load-json-file localforage
    lowdb make-dir mkdirp mv mz nedb nedb-promises node-persist pify-fs read-pkg recursive-readdir react-native-fs rimraf
    sqlite sqlite3 tar tar-fs temp tmp-promise trash unzipper write-file-atomic write-json-file write-pkg yauzl
    cacache @npmcli @react-native-async-storage/async-storage expo-secure-store unstorage expo-sqlite expo-asset`,
  browserStores: `dexie idb idb-keyval pouchdb pouchdb-core rxdb react-native-mmkv-storage`,
  network: `basic-ftp bent cross-fetch fetch-retry follow-redirects ftp graphql-request isomorphic-fetch
    isomorphic-unfetch ky make-fetch-happen minipass-fetch needle node-fetch node-fetch-native ofetch phin popsicle
    request-promise request-promise-native simple-get ssh2 ssh2-promise ssh2-sftp-client superagent tus-js-client unfetch
    webdav wretch amqplib amqp-connection-manager mqtt async-mqtt nats rhea-promise stompit zeromq @grpc @connectrpc
    @trpc/client @apollo/client @matrix-org @libp2p libp2p ipfs-http-client kubo-rpc-client @ipfs
    livekit-client mediasoup mediasoup-client node-ssh npm-registry-fetch pacote peerjs rss-parser serialport
    telnet-client urql @urql next-auth @auth expo-auth-session expo-notifications`,
  databases: `@clickhouse @elastic @libsql @mikro-orm @neondatabase @opensearch-project @planetscale @vercel/kv
    @vercel/postgres @vercel/blob @upstash better-sqlite-pool bookshelf cassandra-driver couchbase drizzle-orm
    firebase firebase-admin @firebase influx kysely mariadb massive meilisearch memcached memjs monk mssql mysql nano
    neo4j-driver objection oracledb orientjs pg-pool pg-promise pgtyped postgres promise-mysql redbean-node rethinkdb
    rethinkdbdash slonik surrealdb surrealdb.js tedious typesense waterline`,
  queues: `agenda bee-queue bull graphile-worker kue pg-boss kafka-node node-rdkafka @confluentinc`,
  services: `@anthropic-ai @aws-sdk @azure @google-cloud @googleapis @huggingface @mailchimp @microsoft/microsoft-graph-client
    @notionhq @octokit @pinecone-database @sendgrid @slack/web-api @slack/webhook @slack/bolt algoliasearch aws-sdk
    cloudinary contentful discord.js dropbox googleapis google-auth-library grammy imapflow mailgun.js
    matrix-bot-sdk matrix-js-sdk minio node-mailjet node-telegram-bot-api nodemailer octokit openai openid-client whatsapp-web.js @whiskeysockets spotify-web-api-node pdf-parse
    postmark resend stripe telegraf twilio twitter-api-v2 web-push @web3-storage ethers web3 viem @solana/web3.js`,
  processes: `cross-spawn-promise dockerode execa playwright playwright-core puppeteer puppeteer-core selenium-webdriver
    simple-git isomorphic-git spawnd tinyexec zx @tauri-apps @capacitor`,
  input: `argon2 jose fluent-ffmpeg jimp sharp tesseract.js`,
};

export const outsidePackages: readonly Library[] = Object.values(PACKAGES)
  .flatMap(names => names.split(/\s+/))
  .map(name => defineLibrary({ package: name, language: 'typescript', apis: {}, worksOutside: true }));
