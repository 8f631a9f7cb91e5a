/** What the Hub's panel offers by name, and how it writes sizes; apart, so that only the panel loads it. */
export { defaultEndpointUrl } from '../../hub/endpoint';
export { describeBytes } from '../../hub/failure';
export { glueRepo, modelPresets } from '../../hub/repository';
