package timeline

import (
	"context"
	"strings"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
)

// Question is what the services are asked: about a pupil or a submission of a school, "01/01000701".
type Question interface {
	GetScope() string
	GetPupil() string
	GetSubmissionId() string
}

// Pupils returns whom a question is about: the pupil that it names, or all of whom the submission brought something, on time or not. It fails
// with NotFound for a submission that the log does not have, and with Invalid when neither is named.
func Pupils(ctx context.Context, log *eventlog.Log, q Question) (map[string]bool, error) {
	const op = "timeline.pupils"
	switch {
	case q.GetPupil() != "":
		return map[string]bool{q.GetPupil(): true}, nil
	case q.GetSubmissionId() == "":
		return nil, fault.New(fault.Invalid, op, "Nêu học sinh hoặc mã lô.", "name a pupil or a submission")
	}
	m, err := log.Last(ctx, "submission.*."+strings.Replace(q.GetScope(), "/", ".", 1)+"."+q.GetSubmissionId())
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, op, "Trường không có lô này.", "the school has no such submission")
	}
	if err != nil {
		return nil, err
	}
	ev, err := wire.Submission(m.Data)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	pupils := make(map[string]bool, len(ev.GetRecords()))
	for _, r := range ev.GetRecords() {
		pupils[r.GetPupil()] = true
	}
	return pupils, nil
}
