/** Messages between the page and the worker that downloads from the Hub: requests with an id, answers, progress. */
import type { CachedRepository } from '../hub/cache';
import type { HubDownload } from '../hub/download';
import type { HubEndpoint } from '../hub/endpoint';
import type { HubFailureKind } from '../hub/failure';
import type { HubEstimate } from '../hub/plan';
import type { HubProgress } from '../hub/progress';
import type { HubRequest } from '../hub/repository';

/** The token travels in `endpoint` from page to worker and never back. */
export type HubMessage =
  | {
      type: 'estimate';
      endpoint: HubEndpoint;
      request: HubRequest;
      batchSize?: number;
      length?: number;
      refresh?: boolean;
    }
  | { type: 'download'; endpoint: HubEndpoint; request: HubRequest; refresh?: boolean }
  /** What is cached whole, without asking the network. */
  | { type: 'open'; endpoint: string; request: HubRequest }
  | { type: 'list' }
  /** `entry` is the id that the list shows. */
  | { type: 'delete'; entry: string };

export type HubMessageType = HubMessage['type'];

/** Answer to each message. */
export interface HubReplies {
  estimate: HubEstimate;
  download: HubDownload;
  open: HubDownload | null;
  list: CachedRepository[];
  delete: null;
}

/** Page → worker. */
export type ToHubWorker = ({ id: number } & HubMessage) | { id: number; type: 'cancel' };

/** Worker → page. */
export type FromHubWorker =
  | { type: 'reply'; id: number; value: HubReplies[HubMessageType] }
  | { type: 'failure'; id: number; kind: HubFailureKind | 'other'; message: string }
  | { type: 'progress'; id: number; progress: HubProgress };
