/** What the Hub's two panels share: its address and token, and the list of what is downloaded. */
import { PasswordInput, TextInput } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { defaultEndpointUrl } from '../../store/hub/hubPresets';
import { ConfirmButton } from '../controls/ConfirmButton';
import { describeBytes } from '../numbers';
import { useHub, useHubActions, useReadState } from '../scope';

/** The address of the Hub or a mirror, and a token; neither ever stands in a link. */
export function HubEndpointPanel(): ReactElement {
  const endpoint = useHub((state) => state.endpoint);
  const hub = useHubActions();
  const readState = useReadState();
  const [url, setUrl] = useState(endpoint.url);
  const [token, setToken] = useState(endpoint.token ?? '');
  // Model and data have a panel each, and another origin drops the token: neither may go on showing the old one.
  useEffect(() => {
    setUrl(endpoint.url);
    setToken(endpoint.token ?? '');
  }, [endpoint]);
  const commit = () => {
    const address = url.trim() || defaultEndpointUrl;
    setUrl(address);
    if (address === endpoint.url && token === (endpoint.token ?? '')) return;
    hub.setEndpoint({ url: address, token: token.trim() || undefined });
    void hub.look(readState().draft);
  };
  return (
    <details className="hub-more">
      <summary>
        Endpoint and token{' '}
        {(endpoint.url !== defaultEndpointUrl || endpoint.token) && <span className="quiet">· set</span>}
      </summary>
      <TextInput
        size="xs"
        label="Endpoint"
        spellCheck={false}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        onBlur={commit}
      />
      <PasswordInput
        size="xs"
        label="Access token"
        placeholder="only for private or gated ones"
        autoComplete="off"
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        onBlur={commit}
      />
      <p className="field-why">
        Never put into links, logs or run records. The address is kept in this browser, the token in this tab
        alone, and it is sent to the endpoint only.
      </p>
    </details>
  );
}

/** Everything that is cached, with sizes, to be deleted. */
export function HubCachePanel(): ReactElement {
  const cached = useHub((state) => state.cached);
  const message = useHub((state) => state.listMessage);
  const hub = useHubActions();
  const readState = useReadState();
  const total = cached?.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <details
      className="hub-more"
      onToggle={(event) => {
        if (event.currentTarget.open) void hub.list();
      }}
    >
      <summary>
        Downloads in this browser{' '}
        {total !== undefined && total > 0 && <span className="quiet">· {describeBytes(total)}</span>}
      </summary>
      {message && <p className="problem">{message}</p>}
      {cached?.length === 0 && <p className="field-why">Nothing yet.</p>}
      <ul className="hub-list">
        {cached?.map(({ id, repo, config, revisions, bytes, total: whole, complete }) => (
          <li key={id}>
            <span>
              <b>{repo}</b>
              {config && ` ${config}`} <small>{revisions.join(', ')}</small>
              <br />
              <small>
                {describeBytes(bytes)}
                {!complete &&
                  (whole === undefined ? ', not whole' : ` of ${describeBytes(whole)}, not whole`)}
              </small>
            </span>
            <ConfirmButton
              className="toggle"
              label="delete"
              ariaLabel={`Delete ${repo}${config ? ` ${config}` : ''}`}
              question={`Delete ${describeBytes(bytes)} for good?`}
              onConfirm={() => void hub.delete(id, readState().draft)}
            />
          </li>
        ))}
      </ul>
    </details>
  );
}
