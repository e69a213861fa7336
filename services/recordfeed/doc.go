// Package recordfeed is for who lives on the verified records: an exam-registration system keeps its own table in step with RECORDS by one
// call of [Subscribe] and a [Handler] of one method.
//
//	err := recordfeed.Subscribe(ctx, recordfeed.Config{URL: "nats://log.example.vn:4222", Name: "exam", Handler: table})
//
// A new subscriber is given the standing record of every pupil first, and then each change as it comes. Where it has come to is remembered by
// the broker under its name: a subscriber that was stopped, or killed, or cut off, goes on from there, and the ministry sees how far each has read.
//
// The one rule that a reader must not miss: every version is handed over at least once and perhaps again, an older one perhaps after a newer one
// that the table has already. Whoever writes "only if the version is greater" has each version exactly once. A version is never changed, and
// versions grow. Only a log that was put back from a backup ([ErrRestored]) gives numbers of versions again, and it is noticed.
//
// It needs a broker of version 2.14 or newer, and these permissions: to publish on $JS.API.STREAM.INFO.RECORDS, $JS.API.CONSUMER.*.RECORDS.>,
// $JS.API.CONSUMER.MSG.NEXT.RECORDS.>, $JS.ACK.RECORDS.>, and to subscribe to _INBOX.>; with Config.CutOffs also
// $JS.API.DIRECT.GET.RECORDS and $JS.API.CONSUMER.*.DECISIONS.*.decision.cutoff.*, $JS.API.CONSUMER.MSG.NEXT.DECISIONS.>.
package recordfeed
