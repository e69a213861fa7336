package eventlog

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// unavailable is an illness of the surroundings: the broker, the network, its permissions.
func unavailable(op string, err error) error {
	return &fault.Error{Kind: fault.Unavailable, Op: op, Err: err, Text: fault.Text{
		Vi: "Nhật ký sự kiện tạm thời không dùng được, hãy thử lại.",
		En: "the event log is not available at the moment, try again",
	}}
}

// refused is a lost condition: somebody else wrote first.
func refused(op string, err error) error {
	return &fault.Error{Kind: fault.Conflict, Op: op, Err: err, Text: fault.Text{
		Vi: "Trạng thái đã thay đổi trong lúc xử lý, hãy đọc lại rồi làm lại.",
		En: "the state changed in the meantime: read it again, then decide again",
	}}
}

// tooLarge is a message above the broker's limit, in bytes.
func tooLarge(op string, limit int64, err error) error {
	return &fault.Error{Kind: fault.Invalid, Op: op, Err: err, Text: fault.Text{
		Vi: fmt.Sprintf("Thông điệp vượt giới hạn %d byte của hệ thống, hãy chia thành các phần nhỏ hơn.", limit),
		En: fmt.Sprintf("the message is larger than the %d bytes that the broker takes: split it", limit),
	}}
}

// missing is a message that the log does not have.
func missing(op string, err error) error {
	return &fault.Error{Kind: fault.NotFound, Op: op, Err: err, Text: fault.Text{
		Vi: "Nhật ký không có thông điệp này.",
		En: "the log has no such message",
	}}
}

// The broker's codes that decide. codeWrongLast is the answer to a condition that does not hold. Where
// a stream has several copies there is a second one, 10164 ("wrong last sequence" without a number):
// another write to the same subject is still on its way to the copies. That decides nothing yet, and
// a reader would not find the other write either; it is tried again until the answer is definite.
const (
	codeWrongLast = jetstream.JSErrCodeStreamWrongLastSequence
	codeTooLarge  = jetstream.JSErrCodeStreamMessageExceedsMaximum
)

// outcome is what one attempt to write says about the next one.
type outcome int

const (
	stored    outcome = iota // acknowledged
	lost                     // the condition did not hold: another attempt will not help
	oversize                 // the message is larger than the broker takes
	hopeless                 // nothing but an operator helps: permissions, a closed connection
	transient                // not stored: try again
	unsure                   // no answer: perhaps stored, try again
)

// judge says what an error of one attempt to write means.
func judge(err error) outcome {
	var api *jetstream.APIError
	var denied *deniedError
	switch {
	case err == nil:
		return stored
	case errors.As(err, &api):
		switch api.ErrorCode {
		case codeWrongLast:
			return lost
		case codeTooLarge:
			return oversize
		case jetstreamext.JSErrCodeBatchPublishNotEnabled:
			return hopeless
		}
		return transient
	case errors.Is(err, nats.ErrMaxPayload):
		return oversize
	case errors.As(err, &denied), errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrConnectionDraining):
		return hopeless
	case errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrNoStreamResponse):
		return transient
	}
	return unsure
}

// because returns the cause of a context's early end in place of the plain "context canceled".
func because(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	cause := context.Cause(ctx)
	if cause == nil || errors.Is(err, cause) {
		return err
	}
	return cause
}
