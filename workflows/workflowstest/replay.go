package workflowstest

import (
	"bytes"
	"log/slog"

	historypb "go.temporal.io/api/history/v1"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"vigie/workflows/codec"
)

// Secret seals the histories in workflows/testdata. It protects nothing.
func Secret() []byte { return bytes.Repeat([]byte("testdata"), 4) }

// Namespace is where those histories were recorded.
const Namespace = "vigie"

// Replay runs workflow code against a history that was sealed with Secret. It
// is an error when the code would do other things, or in another order: a
// restart brings new code to old runs.
func Replay(h *historypb.History, register func(worker.WorkflowRegistry)) error {
	dc, err := codec.DataConverter(Namespace, Secret())
	if err != nil {
		return err
	}
	r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		DataConverter:               dc,
		FailureConverter:            codec.FailureConverter(dc),
		DisableRegistrationAliasing: true,
	})
	if err != nil {
		return err
	}
	register(r)
	return r.ReplayWorkflowHistory(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)), h)
}
