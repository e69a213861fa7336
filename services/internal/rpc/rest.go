package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/rasoat/rasoat/proto"
	"github.com/rasoat/rasoat/services/internal/fault"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// httpHandler puts the REST doors, the description of them, the metrics and the probes on one mux.
func (s *Server) httpHandler() (http.Handler, error) {
	gateway := newGateway()
	for _, svc := range s.services {
		// The doors live as long as the connection they call, which Run closes.
		if err := svc.Gateway(context.Background(), gateway, s.gateway); err != nil {
			return nil, fault.Internalf("rpc.gateway", "%s: %w", svc.Name(), err)
		}
	}
	mux := http.NewServeMux()
	if s.cfg.OnHold {
		mux.HandleFunc("/", serveHeld)
	} else {
		mux.Handle("/", bounded(gateway))
	}
	mux.HandleFunc("GET /openapi.json", serveOpenAPI)
	mux.HandleFunc("GET /healthz", serveAlive)
	mux.HandleFunc("GET /readyz", s.ready.serveReady)
	if s.cfg.Telemetry != nil {
		mux.Handle("GET /metrics", s.cfg.Telemetry.Handler())
	}
	return otelhttp.NewHandler(mux, "rest", otelhttp.WithFilter(func(r *http.Request) bool {
		switch r.URL.Path {
		case "/healthz", "/readyz", "/metrics":
			return false
		}
		return true
	})), nil
}

var strictParameters sync.Once

func newGateway() *runtime.ServeMux {
	// The library keeps this one in a variable of the package.
	strictParameters.Do(func() { runtime.NewServeMux(runtime.SetQueryParameterParser(parameterParser{})) })
	return runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, newJSON()),
		runtime.WithErrorHandler(restError),
		runtime.WithRoutingErrorHandler(restRoutingError),
		runtime.WithMiddlewares(noteDoor),
	)
}

type doorKey struct{}

// noteDoor tells bounded which door a request went through.
func noteDoor(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		door, wanted := r.Context().Value(doorKey{}).(*string)
		if pattern, known := runtime.HTTPPattern(r.Context()); known && wanted {
			*door = r.Method + " " + pattern.String()
		}
		next(w, r, params)
	}
}

// bounded bounds the size of a body and the time it may take to arrive, and lets the span and the metrics
// of a request be named by the pattern of its door in place of its path.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(2 * time.Minute))
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBytes)
		door := r.Pattern
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), doorKey{}, &door)))
		r.Pattern = door
	})
}

func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(proto.OpenAPI)
}

// restProblem is a complaint about one place of the input, as in rasoat.student.v1.Problem.
type restProblem struct {
	Path      string `json:"path"`
	Rule      string `json:"rule"`
	MessageVi string `json:"message_vi"`
	MessageEn string `json:"message_en"`
	RemedyVi  string `json:"remedy_vi"`
	RemedyEn  string `json:"remedy_en"`
}

// restFault is the body of every answer that is not 2xx. Code is the kind of the fault.
type restFault struct {
	Code      string        `json:"code"`
	Message   string        `json:"message"`
	MessageVi string        `json:"message_vi"`
	Problems  []restProblem `json:"problems"`
}

func restError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, _ *http.Request, err error) {
	st := status.Convert(err)
	code := runtime.HTTPStatusFromCode(st.Code())
	e := restFaultOf(st)
	if len(e.Fields) == 1 && e.Fields[0].Rule == RuleTooLarge {
		code = http.StatusRequestEntityTooLarge
	}
	writeFault(w, code, e)
}

// restFaultOf reads a status. Of a request that the gateway could not read, only a refusal is told.
func restFaultOf(st *status.Status) *fault.Error {
	if e := ours(st); e != nil {
		return e
	}
	if st.Code() == codes.InvalidArgument {
		if refused := readRefusal(st.Message()); refused != nil {
			return refused
		}
		return &fault.Error{Kind: fault.Invalid, Text: sentences[fault.Invalid]}
	}
	var e *fault.Error
	if !errors.As(FromStatus(st.Err()), &e) {
		e = &fault.Error{Kind: fault.Internal, Text: sentences[fault.Internal]}
	}
	return e
}

func restRoutingError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, _ *http.Request, code int) {
	text := fault.Text{
		Vi: "Không có địa chỉ này; xem /openapi.json",
		En: "There is no such door; see /openapi.json",
	}
	kind := fault.NotFound
	switch code {
	case http.StatusMethodNotAllowed:
		text = fault.Text{
			Vi: "Địa chỉ này không nhận phương thức HTTP đã dùng; xem /openapi.json",
			En: "This door does not take that HTTP method; see /openapi.json",
		}
	case http.StatusBadRequest:
		kind, text = fault.Invalid, sentences[fault.Invalid]
	}
	writeFault(w, code, &fault.Error{Kind: kind, Text: text})
}

func writeFault(w http.ResponseWriter, code int, e *fault.Error) {
	body := restFault{Code: string(e.Kind), Message: e.Text.En, MessageVi: e.Text.Vi, Problems: []restProblem{}}
	for _, f := range e.Fields {
		body.Problems = append(body.Problems, restProblem{
			Path: f.Path, Rule: f.Rule,
			MessageVi: f.Text.Vi, MessageEn: f.Text.En,
			RemedyVi: f.Remedy.Vi, RemedyEn: f.Remedy.En,
		})
	}
	switch code {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "60")
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	writeJSON(w, code, body)
}

func writeJSON(w http.ResponseWriter, code int, body any) {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text.String())
}
