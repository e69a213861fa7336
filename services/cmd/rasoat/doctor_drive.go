package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

// checkDrive asks what is a matter of the drive: dead letters, whether the nation adds up, the registry. What cannot be asked because its service is
// away has been told already.
func (e *exam) checkDrive(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*askWithin)
	defer cancel()
	for _, p := range e.processes {
		if len(p.answer.GetServices()) > 0 {
			e.checkLetters(ctx, p)
			break
		}
	}
	if p := e.with("reporting"); p != nil {
		e.checkConservation(ctx, *p)
	}
	if p := e.with("matching"); p != nil {
		e.checkRegistry(ctx, *p)
	}
}

// notSeen tells that something could not be asked.
func (e *exam) notSeen(check string, err error) {
	text := both("không hỏi được", "could not be asked")
	var f *fault.Error
	if errors.As(rpc.FromStatus(err), &f) && f.Text != (fault.Text{}) {
		text = fault.Text{Vi: text.Vi + ": " + f.Text.Vi, En: text.En + ": " + f.Text.En}
	}
	e.find(isUnseen, check, "", text, fault.Text{})
}

func (e *exam) checkLetters(ctx context.Context, p process) {
	open := 0
	stream, err := pb.NewDeadLetterServiceClient(p.copyAt).ListLetters(ctx, &pb.ListLettersRequest{})
	for err == nil {
		var part *pb.ListLettersResponse
		if part, err = stream.Recv(); err == nil {
			open += len(part.GetLetters())
		}
	}
	switch {
	case !errors.Is(err, io.EOF):
		e.notSeen("letters", err)
	case open > 0:
		e.find(isWrong, "letters", "", both("%d thư chưa giải quyết", "%d are open", open),
			both("rasoat dead list cho biết lý do; sửa rồi dead replay, hoặc dead drop có lý do", "rasoat dead list tells why; fix that and dead replay, or dead drop with a reason"))
	default:
		e.find(isWell, "letters", "", both("không có thư nào chờ giải quyết", "none is open"), fault.Text{})
	}
}

func (e *exam) checkConservation(ctx context.Context, p process) {
	r, err := reportingpb.NewReportingServiceClient(p.copyAt).GetProgress(ctx, &reportingpb.GetProgressRequest{ByProvince: true})
	switch {
	case err != nil:
		e.notSeen("conservation", err)
	case !r.GetConserved():
		e.find(isWrong, "conservation", "", both("có trường mà tổng số không bằng tổng các trạng thái", "in some school the expected pupils are not the sum of the statuses"),
			both("rasoat rebuild reporting so sánh với nhật ký và nêu chỗ khác; báo cho nhóm phát triển", "rasoat rebuild reporting compares with the log and names what differs; tell the developers"))
	default:
		e.find(isWell, "conservation", "", both("mọi trường: tổng số bằng tổng các trạng thái", "in every school the expected pupils are the sum of the statuses"), fault.Text{})
	}
}

func (e *exam) checkRegistry(ctx context.Context, p process) {
	q, err := matchingpb.NewMatchingServiceClient(p.copyAt).GetQueue(ctx, &matchingpb.GetQueueRequest{})
	if err != nil {
		e.notSeen("registry", err)
		return
	}
	state := registryStates[q.GetRegistry()]
	waiting := left(q)
	text := fault.Text{Vi: fmt.Sprintf("%s; %d câu hỏi chờ", state.Vi, waiting), En: fmt.Sprintf("%s; %d questions wait", state.En, waiting)}
	if n := q.GetUnasked(); n > 0 {
		e.find(isWrong, "registry", "", both("%d học sinh chờ đối chiếu mà không còn câu hỏi nào đang mở: sẽ không ai hỏi", "%d pupils wait although no question about them is open: nobody will ask", n),
			both("rasoat recheck --nation --unresolved hỏi lại mọi người chưa có kết quả; báo cho nhóm phát triển", "rasoat recheck --nation --unresolved asks again about everybody without an answer; report it to the developers"))
	}
	if q.GetRegistry() == matchingpb.RegistryState_REGISTRY_STATE_WELL {
		e.find(isWell, "registry", "", text, fault.Text{})
		return
	}
	e.find(isCareful, "registry", "", text, both("không mất gì: câu hỏi chờ trong nhật ký; rasoat queue cho biết khi nào hỏi tiếp", "nothing is lost: the questions wait in the log; rasoat queue tells when it goes on"))
}
