/** How the page writes sizes everywhere: as the Hub's messages do. */
export { describeBytes } from '../../hub/describeBytes';
