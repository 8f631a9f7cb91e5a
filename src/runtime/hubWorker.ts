/** The worker that downloads from the Hub, apart from the training worker, so that both go on at once. */
import { originStorage } from '../hub/originStorage';
import type { ToHubWorker } from './hubProtocol';
import { createHubService } from './hubService';

const service = createHubService(originStorage(), (message) => postMessage(message));
addEventListener('message', ({ data }: MessageEvent<ToHubWorker>) => void service(data));
