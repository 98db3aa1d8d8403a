package console

import (
	"net/http"
	"slices"

	"vigie/internal/breach"
)

// route is one line of the site map: who may do what.
type route struct {
	method, path string
	public       bool          // no session needed
	stranger     bool          // part of the public site too
	roles        []breach.Role // any of them
	do           func(http.ResponseWriter, *http.Request) error
}

// Who does what. An account may hold several roles, but four eyes are two
// people whatever roles they hold.
var (
	anyone    = []breach.Role{breach.RoleAnalyst, breach.RoleReviewer, breach.RoleApprover, breach.RoleController, breach.RoleAdmin}
	team      = []breach.Role{breach.RoleAnalyst, breach.RoleReviewer, breach.RoleApprover}
	analysts  = []breach.Role{breach.RoleAnalyst}
	reviewers = []breach.Role{breach.RoleReviewer}
	deskRoles = []breach.Role{breach.RoleAnalyst, breach.RoleApprover}
	caseRoles = []breach.Role{breach.RoleAnalyst, breach.RoleApprover, breach.RoleController}
	caseDesk  = []breach.Role{breach.RoleAnalyst, breach.RoleController}
	approvers = []breach.Role{breach.RoleApprover}
	deciders  = []breach.Role{breach.RoleController}
	admins    = []breach.Role{breach.RoleAdmin}
)

// routes is the whole site, in the order people walk through it.
func (c *console) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	const incident, review, file, lane = "/incidents/{incident}", "/incidents/{incident}/review",
		"/incidents/{incident}/controllers/{controller}", "/incidents/{incident}/lane"
	return []route{
		{method: get, path: "/healthz", public: true, do: c.healthShow},
		{method: get, path: "/metrics", public: true, do: c.metricsShow},
		{method: get, path: "/login", public: true, do: c.loginShow},
		{method: post, path: "/login", public: true, do: c.loginSubmit},
		{method: post, path: "/logout", public: true, do: c.logoutSubmit},
		{method: post, path: "/language", public: true, do: c.languageChoose},

		{method: get, path: "/report", public: true, stranger: true, do: c.reportShow},
		{method: post, path: "/report", public: true, stranger: true, do: c.reportSubmit},
		{method: get, path: "/ack", public: true, stranger: true, do: c.answerShow},
		{method: post, path: "/ack", public: true, stranger: true, do: c.answerSubmit},

		{method: get, path: "/check", public: true, stranger: true, do: c.checkShow},
		{method: post, path: "/check", public: true, stranger: true, do: c.checkSubmit},

		{method: get, path: "/{$}", roles: anyone, do: c.homeShow},
		{method: get, path: "/account", roles: anyone, do: c.accountShow},

		{method: get, path: "/alerts", roles: analysts, do: c.alertList},
		{method: get, path: "/alerts/health", roles: analysts, do: c.alertHealth},
		{method: get, path: "/alerts/{alert}", roles: analysts, do: c.alertShow},
		{method: post, path: "/alerts/{alert}/confirm", roles: analysts, do: c.alertConfirm},
		{method: post, path: "/alerts/{alert}/join", roles: analysts, do: c.alertJoin},
		{method: post, path: "/alerts/{alert}/seen", roles: analysts, do: c.alertSeen},
		{method: post, path: "/alerts/{alert}/true", roles: analysts, do: c.alertTrue},
		{method: post, path: "/alerts/{alert}/dismiss", roles: analysts, do: c.alertDismiss},
		{method: post, path: "/alerts/{alert}/hand", roles: analysts, do: c.alertHand},
		{method: post, path: "/alerts/{alert}/wake", roles: analysts, do: c.alertWake},
		{method: post, path: "/reports/{report}/contact", roles: analysts, do: c.reportContact},
		{method: post, path: "/alerts/{alert}/told", roles: analysts, do: c.alertTold},
		{method: get, path: "/search", roles: analysts, do: c.postSearch},

		{method: get, path: incident, roles: team, do: c.incidentShow},
		{method: post, path: incident + "/resume", roles: analysts, do: c.incidentResume},

		{method: get, path: incident + "/contents", roles: team, do: c.contentsShow},

		{method: get, path: incident + "/statement", roles: team, do: c.statementShow},
		{method: post, path: incident + "/statement", roles: analysts, do: c.statementSubmit},

		{method: get, path: incident + "/extraction", roles: team, do: c.extractionShow},
		{method: post, path: incident + "/extraction", roles: analysts, do: c.extractionDeclare},

		{method: get, path: review, roles: reviewers, do: c.reviewShow},
		{method: post, path: review + "/{candidate}", roles: reviewers, do: c.reviewDecide},
		{method: post, path: review + "/{candidate}/reveal", roles: reviewers, do: c.reviewReveal},
		{method: post, path: review + "/undo", roles: reviewers, do: c.reviewUndo},
		{method: post, path: review + "/close", roles: reviewers, do: c.reviewClose},

		{method: get, path: incident + "/sample", roles: reviewers, do: c.sampleShow},
		{method: post, path: incident + "/sample/{pair}", roles: reviewers, do: c.sampleJudge},
		{method: post, path: incident + "/sample/{pair}/reveal", roles: reviewers, do: c.sampleReveal},

		{method: get, path: incident + "/controllers", roles: team, do: c.caseList},
		{method: get, path: file, roles: caseRoles, do: c.caseShow},
		{method: post, path: file + "/aware", roles: caseDesk, do: c.caseAware},
		{method: post, path: file + "/decision", roles: deciders, do: c.caseDecide},
		{method: post, path: file + "/approve", roles: caseRoles, do: c.caseApprove},
		{method: post, path: file + "/override", roles: deciders, do: c.caseOverride},
		{method: post, path: file + "/ceiling", roles: approvers, do: c.caseLift},
		{method: post, path: file + "/nobody", roles: caseDesk, do: c.nobodyDecide},
		{method: post, path: file + "/recall", roles: approvers, do: c.caseRecall},
		{method: post, path: file + "/notified", roles: caseDesk, do: c.caseNotified},
		{method: post, path: file + "/mandate", roles: caseDesk, do: c.caseMandate},
		{method: post, path: file + "/contacts", roles: caseDesk, do: c.caseContact},
		{method: get, path: file + "/facts", roles: caseRoles, do: c.factsShow},
		{method: post, path: file + "/facts", roles: analysts, do: c.factsSubmit},
		{method: get, path: file + "/facts/{version}", roles: caseRoles, do: c.factsVersion},

		{method: get, path: file + "/institution", roles: caseRoles, do: c.institutionShow},
		{method: get, path: file + "/institution/{version}/{file}", roles: caseRoles, do: c.institutionPaper},
		{method: post, path: file + "/institution/delivered", roles: caseDesk, do: c.institutionDelivered},
		{method: post, path: file + "/institution/key", roles: analysts, do: c.institutionKey},
		{method: post, path: file + "/institution/people", roles: caseDesk, do: c.institutionPeople},
		{method: post, path: file + "/institution/followup", roles: caseDesk, do: c.institutionFollowup},
		{method: get, path: file + "/authority", roles: caseRoles, do: c.authorityShow},
		{method: get, path: file + "/authority/{file}", roles: caseRoles, do: c.authorityFile},
		{method: post, path: file + "/authority/answers", roles: caseDesk, do: c.authorityAnswer},
		{method: post, path: file + "/authority/severity", roles: caseDesk, do: c.authorityAssess},

		{method: get, path: lane, roles: deskRoles, do: c.laneShow},
		{method: post, path: lane + "/{message}", roles: deskRoles, do: c.laneReached},
		{method: post, path: lane + "/override", roles: approvers, do: c.dangerOverride},
		{method: post, path: lane + "/danger/{danger}/take", roles: deskRoles, do: c.dangerTake},
		{method: post, path: lane + "/danger/{danger}/attempt", roles: deskRoles, do: c.dangerTry},
		{method: post, path: lane + "/danger/{danger}/reach", roles: deskRoles, do: c.dangerReach},

		{method: get, path: "/requests", roles: deskRoles, do: c.requestList},
		{method: post, path: "/requests", roles: deskRoles, do: c.requestAdd},
		{method: get, path: "/requests/{request}", roles: deskRoles, do: c.requestShow},
		{method: post, path: "/requests/{request}/identify", roles: deskRoles, do: c.requestIdentify},
		{method: post, path: "/requests/{request}/extend", roles: approvers, do: c.requestExtend},
		{method: post, path: "/requests/{request}/answer", roles: deskRoles, do: c.requestAnswer},

		{method: get, path: "/audit", roles: admins, do: c.auditShow},
	}
}

// allows tells whether an account may use the route. A person of a controller
// only ever reaches that controller's own case: controller is the one named by
// the path, "" where the path names none.
func (rt route) allows(u breach.User, controller breach.ControllerID) bool {
	for _, role := range u.Roles {
		if !slices.Contains(rt.roles, role) {
			continue
		}
		if role != breach.RoleController || controller == "" || (u.Controller != "" && u.Controller == controller) {
			return true
		}
	}
	return false
}
