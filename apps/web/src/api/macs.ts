import {
  CreatedEnrolmentToken,
  type CreateEnrolmentToken,
  EnrolmentTokenView,
  MacPage,
  MacView,
  pageOf,
} from '@fleetclone/contracts';
import { queryOptions } from '@tanstack/react-query';
import { callApi, NoReply } from './http';
import { fetchAllPages, largestPage } from './pages';

const EnrolmentTokenPage = pageOf(EnrolmentTokenView);

/** Every Mac of the fleet. */
export const macsQuery = queryOptions({
  queryKey: ['macs'],
  queryFn: ({ signal }) =>
    fetchAllPages((cursor) =>
      callApi({
        method: 'GET',
        path: '/macs',
        query: { cursor, limit: largestPage },
        reply: MacPage,
        signal,
      }),
    ),
});

/** One Mac. */
export const macQuery = (macId: string) =>
  queryOptions({
    queryKey: ['mac', macId],
    queryFn: ({ signal }) =>
      callApi({ method: 'GET', path: `/macs/${encodeURIComponent(macId)}`, reply: MacView, signal }),
  });

/** The enrolment tokens that can still be used. */
export const enrolmentTokensQuery = queryOptions({
  queryKey: ['enrolment-tokens'],
  queryFn: ({ signal }) =>
    fetchAllPages((cursor) =>
      callApi({
        method: 'GET',
        path: '/enrolment-tokens',
        query: { cursor, limit: largestPage },
        reply: EnrolmentTokenPage,
        signal,
      }),
    ),
});

/** Make an enrolment token; the reply is the only one to hold it. */
export const createEnrolmentToken = (body: CreateEnrolmentToken) =>
  callApi({ method: 'POST', path: '/enrolment-tokens', body, reply: CreatedEnrolmentToken });

/** Withdraw an enrolment token. */
export const deleteEnrolmentToken = (tokenId: string) =>
  callApi({ method: 'DELETE', path: `/enrolment-tokens/${tokenId}`, reply: NoReply });
