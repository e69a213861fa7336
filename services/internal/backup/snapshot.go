package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The transport of a snapshot. The broker sends a window of chunks ahead of their acknowledgements.
const (
	chunkBytes  = 256 << 10
	windowBytes = 8 << 20
	// silence is how long either side waits for the other before it gives up.
	silence = 30 * time.Second
)

// apiError is the broker's refusal.
type apiError struct {
	Error *jetstream.APIError `json:"error"`
}

// snapshot writes a stream, without its consumers, as the broker packs it: sequences, times and headers stay. chunk is told of each chunk what the
// whole stream holds.
func snapshot(ctx context.Context, nc *nats.Conn, stream string, out io.Writer, chunk func(State)) (json.RawMessage, State, error) {
	const op = "backup.snapshot"
	inbox := nc.NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return nil, State{}, unavailable(op, stream, err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := sub.SetPendingLimits(-1, 4*windowBytes); err != nil {
		return nil, State{}, unavailable(op, stream, err)
	}
	var answer struct {
		apiError
		Config json.RawMessage `json:"config"`
		State  State           `json:"state"`
	}
	if err := ask(ctx, nc, "$JS.API.STREAM.SNAPSHOT."+stream, map[string]any{
		"deliver_subject": inbox, "no_consumers": true, "chunk_size": chunkBytes, "window_size": windowBytes,
	}, &answer); err != nil {
		return nil, State{}, unavailable(op, stream, err)
	}
	if answer.Error != nil {
		return nil, State{}, unavailable(op, stream, answer.Error)
	}
	for {
		wait, cancel := context.WithTimeout(ctx, silence)
		msg, err := sub.NextMsgWithContext(wait)
		cancel()
		if err != nil {
			return nil, State{}, unavailable(op, stream, fmt.Errorf("the snapshot broke off: %w", err))
		}
		if len(msg.Data) == 0 { // the end, or why there will be none
			if status := msg.Header.Get("Status"); status != "" && status != "204" {
				return nil, State{}, unavailable(op, stream, fmt.Errorf("the broker gave up: %s %s", status, msg.Header.Get("Description")))
			}
			return answer.Config, answer.State, nil
		}
		if _, err := out.Write(msg.Data); err != nil {
			return nil, State{}, err
		}
		chunk(answer.State)
		if msg.Reply != "" {
			if err := msg.Respond(nil); err != nil {
				return nil, State{}, unavailable(op, stream, err)
			}
		}
	}
}

// restoreStream has the broker make a stream of a snapshot. It gives what the stream holds then.
func restoreStream(ctx context.Context, nc *nats.Conn, stream string, config json.RawMessage, state State, in io.Reader, chunk func(int)) (State, error) {
	const op = "backup.restore"
	var answer struct {
		apiError
		Deliver string `json:"deliver_subject"`
	}
	if err := ask(ctx, nc, "$JS.API.STREAM.RESTORE."+stream, map[string]any{"config": config, "state": state}, &answer); err != nil {
		return State{}, unavailable(op, stream, err)
	}
	if answer.Error != nil {
		return State{}, fault.Wrap(fault.Conflict, op, fmt.Errorf("stream %s: %w", stream, answer.Error))
	}
	buf := make([]byte, chunkBytes)
	for {
		n, err := io.ReadFull(in, buf)
		if n > 0 {
			if err := push(ctx, nc, answer.Deliver, buf[:n]); err != nil {
				return State{}, unavailable(op, stream, err)
			}
			chunk(n)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return State{}, fault.Wrap(fault.Invalid, op, err)
		}
	}
	var made struct {
		apiError
		State State `json:"state"`
	}
	last, cancel := context.WithTimeout(ctx, 20*silence) // it writes what it was given
	defer cancel()
	msg, err := nc.RequestWithContext(last, answer.Deliver, nil)
	if err == nil {
		err = json.Unmarshal(msg.Data, &made)
	}
	if err == nil && made.Error != nil {
		err = made.Error
	}
	if err != nil {
		return State{}, unavailable(op, stream, err)
	}
	return made.State, nil
}

// push sends a chunk and waits until the broker has taken it.
func push(ctx context.Context, nc *nats.Conn, to string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	msg, err := nc.RequestWithContext(ctx, to, data)
	if err != nil {
		return err
	}
	var answer apiError
	if len(msg.Data) > 0 && json.Unmarshal(msg.Data, &answer) == nil && answer.Error != nil {
		return answer.Error
	}
	return nil
}

// ask makes a request of the JetStream API.
func ask(ctx context.Context, nc *nats.Conn, subject string, request, answer any) error {
	data, err := json.Marshal(request)
	if err != nil {
		return fault.Wrap(fault.Internal, "backup.ask", err)
	}
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	msg, err := nc.RequestWithContext(ctx, subject, data)
	if err != nil {
		return err
	}
	return json.Unmarshal(msg.Data, answer)
}

func unavailable(op, stream string, err error) error {
	return &fault.Error{Kind: fault.Unavailable, Op: op, Err: fmt.Errorf("stream %s: %w", stream, err), Text: fault.Text{
		Vi: "NATS chưa thực hiện được với luồng " + stream + "; hãy chạy lại.", En: "the broker could not do it with the stream " + stream + "; run it again",
	}}
}
