/** What the Hub's panel offers by name; apart, so that only the panel loads it. */
export { defaultEndpointUrl } from '../../hub/endpoint';
export { glueRepo, modelPresets } from '../../hub/repository';
