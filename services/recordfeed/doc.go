// Package recordfeed keeps the table of an exam-registration system in step with RECORDS, the
// verified records. It takes one call of [Subscribe] and a [Handler] with one method.
//
//	err := recordfeed.Subscribe(ctx, recordfeed.Config{URL: "nats://log.example.vn:4222", Name: "exam", Handler: table})
//
// A new subscriber first receives the current record of every pupil, and then each change. The
// broker remembers under the subscriber's name how far it has read. A subscriber that was stopped,
// killed or cut off goes on from there, and the ministry sees how far each has read.
//
// The one rule a reader must not miss: every version is handed over at least once, perhaps again,
// and perhaps after a newer one that the table already has. Whoever writes "only if the version is
// greater" has each version exactly once. A version is never changed, and versions grow. Only a log
// that was restored from a backup issues the numbers of versions again, and this is detected
// ([ErrRestored]).
//
// It needs a broker of version 2.14 or newer, and these permissions: to publish on
// $JS.API.STREAM.INFO.RECORDS, $JS.API.CONSUMER.*.RECORDS.>, $JS.API.CONSUMER.MSG.NEXT.RECORDS.>,
// $JS.ACK.RECORDS.>, and to subscribe to _INBOX.>; with Config.CutOffs also
// $JS.API.DIRECT.GET.RECORDS and $JS.API.CONSUMER.*.DECISIONS.*.decision.cutoff.*,
// $JS.API.CONSUMER.MSG.NEXT.DECISIONS.>.
package recordfeed
