"""The forms of requests: what words make which tool call with which values, and what is asked when one is missing.

A command (a change, a plan, a comparison) is understood only when the clause begins with its verb and every word of it
is accounted for: a question, a quotation, a negation or a word that might mean something else makes it not understood.
What only reads may be worded freely, so its forms say no more than what they are about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.offline import values as v
from redshift_migrate.offline.history import History
from redshift_migrate.offline.lists import pick_filters
from redshift_migrate.offline.meaning import NEWEST
from redshift_migrate.offline.words import REMOVE_VERBS, SET_VERBS, UPDATE_VERBS, vocabulary, words_in
from redshift_migrate.tools import tools_about

About = Callable[[str], bool]
Recall = Callable[[str, History, Mapping[str, v.Found]], v.Picked]


@dataclass(frozen=True)
class Slot:
    """One argument of a tool: how its value is found in a clause, and what is asked when there is none."""

    argument: str
    pick: v.Picker
    ask: str = ""
    """The question for it; a slot without a question may stay empty."""
    recall: Recall | None = None
    """What it means when the clause does not name it but the conversation does."""
    adds_to: Recall | None = None
    """What was said before, to which the values are added."""
    complete: Callable[[str, History], str] | None = None
    """Makes the whole value of what was said of it."""
    several: Literal["", "calls", "list", "joined"] = ""
    """What several values make: a contradiction, a call each, one argument that is a list, or one text."""
    unsaid: Any = None
    """The value that the tool is told by leaving the argument out."""


@dataclass(frozen=True)
class Form:
    """Clauses that begin with one of `starts` and are `about` something: one call of `tool`, its values in `slots`.

    The slots stand in the order in which their values are found. It is the reverse of the tool's own: what the request
    is about comes last, and is asked for first.
    """

    tool: str
    about: About
    starts: Collection[str] = ("",)
    slots: tuple[Slot, ...] = ()
    fillers: frozenset[str] = frozenset()
    after: Collection[str] = ()
    """Tools of which the conversation must have called one just before."""
    then_apply: bool = False
    begins_with_value: bool = False
    """The words with which it begins lead to a value as well."""
    refusal: str = ""
    """What is said in place of any call, where this is never done or done elsewhere."""


def says(*sets: str) -> About:
    """True for a clause in which each of these sets has a word."""
    wanted = tuple(map(vocabulary, sets))
    return lambda clause: all(not each.isdisjoint(words_in(clause)) for each in wanted)


_ANYTHING = says()
_COPY = says("copy copying replicate replication")
_COPIES = says("copies copied", "snapshots keep retain retention")
_CLUSTERS, _TRACKS, _SNAPSHOTS = says("cluster clusters"), says("track tracks"), says("snapshot snapshots")
REFERS = says("it its that this there")
_QUERIES, _CUT_OVER = says("query queries"), says("cutover")
_LAST = says("last latest newest saved stopped")


def _about_copies(clause: str) -> bool:
    """Of a namespace only the snapshots can be copied, so that "copy" alone is not about them."""
    return _SNAPSHOTS(clause) if words_in(clause)[0] in ("copy", "replicate") else _COPY(clause) or _COPIES(clause)


def _about_retention(clause: str) -> bool:
    return _about_copies(clause) and (says("retention")(clause) or not _COPY(clause))


def _says_how_long(clause: str) -> bool:
    return bool(v.pick_retention(clause)[0])


def _names_subjects(clause: str) -> bool:
    return bool(v.pick_only(clause)[0])


def _newest(argument: str) -> Recall:
    """The newest value of the conversation, where a word refers to one."""
    return lambda clause, history, _: (_some(history.newest(argument) if REFERS(clause) else None), clause)


def _namespace_meant(clause: str, history: History, _: Mapping[str, v.Found]) -> v.Picked:
    """The namespace of the copy that the words refer to, or do not even name."""
    refers = REFERS(clause) or says("same")(clause) or not _COPY(clause)
    return _some(history.newest("namespace_name") if refers else None), clause


def _workgroup_meant(clause: str, history: History, _: Mapping[str, v.Found]) -> v.Picked:
    """The workgroup of the namespace that the words name or refer to, where the conversation has shown it."""
    namespaces, rest = v.names_of("namespace")(clause)
    if namespaces:
        seen = tuple(name for each in namespaces if (name := history.workgroup_of(each)))
        return seen, " ".join(word for word in rest.split() if word.lower() not in ("namespace", "namespaces"))
    newest = history.newest("workgroup_name") or history.workgroup_of(history.newest("namespace_name") or "")
    return _some(newest if REFERS(clause) else None), clause


def _as_planned(argument: str) -> Recall:
    """The value with which the move of the cluster was planned in this conversation."""

    def recall(clause: str, history: History, found: Mapping[str, v.Found]) -> v.Picked:
        plans = (done for done in reversed(history.done) if done.call.tool == "plan_migration")
        about = found.get("cluster_id") or ()
        values = (done.argument(argument) for done in plans if not about or (done.argument("cluster_id"),) == about)
        return _some(next(values, None)), clause

    return recall


def _some(value: Any) -> v.Found:
    """What was found, as found values; a list is several."""
    return tuple(value) if isinstance(value, list) else (value,) if value else ()


def _run_meant(clause: str, history: History, _: Mapping[str, v.Found]) -> v.Picked:
    """The run that the conversation knows, or the newest where the words refer to it."""
    return _some(history.migration_id or (NEWEST if _LAST(clause) else None)), clause


def _run_undone(clause: str, history: History, found: Mapping[str, v.Found]) -> v.Picked:
    """The same; a cut-over that is rolled back is the newest run, or else it is said what stands in its way."""
    runs, rest = _run_meant(clause, history, found)
    return runs or _some(NEWEST if _CUT_OVER(clause) else None), rest


def _no_queries(clause: str) -> bool:
    return not _QUERIES(clause)


def _plan_meant(clause: str, history: History, _: Mapping[str, v.Found]) -> v.Picked:
    """The plan that waits in the conversation, or the newest where the words refer to it."""
    return _some((history.waiting_plan or NEWEST) if _LAST(clause) else None), clause


def _pick_workgroup(clause: str) -> v.Picked:
    """By its kind, or bare; a name that goes with the word namespace is none."""
    bare = () if v.names_of("namespace")(clause)[0] else (v.pick_bare_names, v.pick_object_name)
    return v.first_of(v.names_of("workgroup"), *bare)(clause)


_NAMED_OR_BARE = v.first_of(v.names_of("namespace"), v.pick_bare_names)
_ANY_CLUSTER = v.first_of(v.names_of("cluster"), v.pick_bare_names, v.pick_first_name)
_MOVED_TO = v.first_of(v.names_of("namespace"), v.name_after("against|to|into|with"))
_NO_WORKGROUP = "Of which workgroup? A track belongs to a workgroup, and none is known here."
_NO_DIGEST = "Which plan? It is named by its digest, 8 or more of its characters."
_NO_MIGRATION = "Which migration? `status` shows their ids."

_NOT_FROM_HERE = """An approval does not go through the model: it is asked for at the prompt, or given with a line \
`approve DIGEST`, with `--approve DIGEST`, or with `/approve DIGEST`. Nothing was changed."""
_NO_CLUSTER_TRACK = "I set the track of serverless workgroups only, never of a provisioned cluster. Name the workgroup."
_NO_CLUSTER_COPY = """I change the snapshot copy of serverless namespaces only, never of a provisioned cluster. Name \
the namespace, for example: configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention."""
_NOT_THE_CLUSTER = """I pause and delete a provisioned cluster only where nobody needs it any more, by a plan of its \
own: say decommission and its name. A namespace or workgroup is deleted only to take back a run that made it. Nothing \
was changed."""
_REPORT = (
    """The page of a run is printed by `/report`, or `/report MIGRATION`; for a browser it is beside it as HTML."""
)
_CHECKLIST = """What is left to do by hand is listed by `/checklist`; `/checklist done CODE` ticks it off."""
_NO_DELETING = """I can stop the copying of a namespace's snapshots, but I never delete snapshots or their copies. \
Nothing was changed."""

_REGION = Slot("region", v.pick_region)
_CLUSTER = Slot("cluster_id", _ANY_CLUSTER, "Which cluster?", _newest("cluster_id"))
_NAMESPACE = Slot("namespace_name", v.names_of("namespace"))
_OF_NAMESPACE = Slot("namespace_name", _NAMED_OR_BARE, "Of which namespace?", _namespace_meant, several="calls")
_WORKGROUP = Slot("workgroup_name", v.names_of("workgroup"))
_OF_WORKGROUP = Slot("workgroup_name", _pick_workgroup, _NO_WORKGROUP, _workgroup_meant, several="calls")
_MIGRATION = Slot("migration_id", v.first_of(v.names_of("migration"), v.pick_names_with_digits))
_RETENTION = Slot("retention_period_days", v.pick_retention, "How long shall the copies be kept?")

_TRACK_SLOTS = (_REGION, Slot("track", v.pick_track, "To which track: current or trailing?"), _OF_WORKGROUP)
_COPY_SLOTS = (
    _REGION,
    Slot("kms_key_id", v.pick_key),
    Slot("snapshot_copy_grant_name", v.pick_grant),
    replace(_RETENTION, ask="", unsaid=KEPT_INDEFINITELY),
    Slot("destination_region", v.pick_destination, "To which region?"),
    _OF_NAMESPACE,
)
_MOVED_ANEW = "And how long shall the copies be kept? Moving them makes the configuration anew."
_MOVE_SLOTS = tuple(replace(each, ask=_MOVED_ANEW) if each.unsaid else each for each in _COPY_SLOTS)
_UPDATE_SLOTS = (_REGION, _RETENTION, _OF_NAMESPACE)
_APPLY_SLOTS = (
    Slot(
        "plan_digest",
        v.pick_digest,
        _NO_DIGEST,
        _plan_meant,
        complete=lambda said, past: past.digest_starting(said),
        several="joined",
    ),
)
_WAVE_SLOTS = (
    Slot("wave", v.pick_wave),
    Slot("leave_out", v.pick_clusters_left_out, several="list"),
    Slot("filters", pick_filters, several="list"),
    Slot("region", v.pick_any_region),
)
_WAVE_WORDS = vocabulary(
    """
    the a an of for in into waves wave fleet clusters cluster my our all order migration migrations plan plans show
    me what is are which first next make redshift serverless to and with migrating moving move number every each
    without except excluding leave leaving out but not should we i be migrated migrate moved should
    """
)
_RUN_SLOTS = (replace(_MIGRATION, ask=_NO_MIGRATION, recall=_run_meant),)
_RUN_DATA_SLOTS = (Slot("rpu_seconds", v.pick_rpu_seconds), Slot("exact", v.pick_exact), _MIGRATION)
_DATA_WORDS = vocabulary(
    """
    the is all of data there on serverless check compare verify arrived complete my our a migration run last newest
    everything still and now it did come along same rows with
    """
)
_PLAN_SLOTS = (
    _REGION,
    Slot("data", v.pick_data),
    Slot("exclude", v.pick_except, several="list"),
    Slot("only", v.pick_only, several="list"),
    Slot("also", v.pick_also, several="list"),
    Slot("max_capacity_rpu", v.pick_max_capacity),
    Slot("base_capacity_rpu", v.pick_capacity),
    _WORKGROUP,
    _NAMESPACE,
    replace(_CLUSTER, several="calls"),
)
_ADDED = {"also": v.pick_added, "exclude": v.pick_left_out}
_ADD_SLOTS = tuple(
    replace(slot, pick=_ADDED.get(slot.argument, slot.pick), adds_to=_as_planned(slot.argument))
    if slot.several == "list"
    else replace(slot, several="", recall=_as_planned(slot.argument))
    for slot in _PLAN_SLOTS
)
"""Those of a plan that was made just before, with something added."""
_VERIFY_SLOTS = (
    replace(_REGION, recall=_as_planned("region")),
    replace(_WORKGROUP, recall=_as_planned("workgroup_name")),
    Slot("namespace_name", _MOVED_TO, "To which namespace was it moved?", _as_planned("namespace_name")),
    _CLUSTER,
)

_COMMON = vocabulary("the a an of for on to in with by at from and its it please now too also thanks")
_COPY_WORDS = _COMMON | vocabulary(
    """
    snapshot snapshots copy copies copied copying replicate replication cross-region serverless configuration config
    setting settings retention period keep keeping kept retain retained them these those using use under key kms grant
    named called region regions namespace namespaces destination that this same as is be into so will their thank you
    """
)
_TRACK_WORDS = _COMMON | vocabulary("maintenance track workgroup workgroups serverless onto follow following value")
_PLAN_WORDS = _COMMON | vocabulary(
    """
    redshift serverless cluster my our this that into as base capacity migration migrating plan namespace workgroup
    data region settings setting using use
    """
)
_VERIFY_WORDS = _PLAN_WORDS | vocabulary("against was been")
_RUN_WORDS = vocabulary(
    "the of for a my our this that it migration migrations run runs please now id last latest newest stopped which"
)
_STATUS_WORDS = _RUN_WORDS | vocabulary(
    """
    status state progress how far is 's 're are doing going what where stand along show get tell me see check with on
    about there any has have come we do does it's running your current all list report finished done over already yet
    """
)

_CONFIGURE, _UPDATE, _REMOVE = (f"{verb}_serverless_snapshot_copy" for verb in ("configure", "update", "remove"))
COPY_TOOLS = tools_about("namespace", "change")
_AFTER_COPIES = {*COPY_TOOLS, "get_serverless_settings"}
_SETS = vocabulary("set make")
_TRACK_VERBS = SET_VERBS | UPDATE_VERBS | vocabulary("put switch move")
_COPY_VERBS = SET_VERBS | UPDATE_VERBS | REMOVE_VERBS
_SHOWS = ("show", "open", "print", "where is", "where 's", "give me", "report")
_WORK = ("what is left", "what 's left", "show", "print", "give me", "checklist", "tick")
_CLUSTER_VERBS = ("pause", "reboot", "resize", "shut", "terminate", "delete", "drop")
_ADDS = ("also with", "also without", "add", "with", "including", "include", "without", "except", "leave out")
_PLANS = ("plan", "make a", "create a", "show the", "show a")
_ORDERS = ("in which order", "in what order", "what should", "which should", "which clusters should")
_WAVES = ("plan", "make", "order", "show", "what is in", "what 's in", "which", "what", "put", "group")
_LOOKS = ("show", "show me", "what does", "what is in", "what 's in")
_LOOK_SLOTS = (Slot("section", v.pick_section), Slot("plan_digest", v.pick_digest))
_LOOK_WORDS = vocabulary(
    "the a of in for saved last latest newest this that plan plans all me again code what do say about"
)
_APPLIES = ("apply", "run", "execute")
_APPLY_WORDS = vocabulary("the plan plans with digest digests now saved last latest newest and side by")
_ADD_WORDS = _PLAN_WORDS | vocabulary("with add also to leave out it too")
_RESUMES, _UNDOES = ("resume", "continue"), ("undo", "revert")
_ENDS = ("decommission", "retire")
_CUT_OVER_SLOTS = (Slot("fresh_data", v.pick_fresh_data), _MIGRATION)
_CUT_OVER_WORDS = _RUN_WORDS | vocabulary("cutover plan over clients everything to serverless")
_UNDO_SLOTS = (Slot("with_cut_over", v.pick_with_cut_over), replace(_RUN_SLOTS[0], recall=_run_undone))
_END_SLOTS = (
    _REGION,
    Slot("snapshot_retention_days", v.pick_snapshot_kept),
    Slot("quiet_days", v.pick_quiet_days),
    _CLUSTER,
)
_END_WORDS = _COMMON | vocabulary("decommission decommissioning end cluster old our my plan that this")
_PLAN = "plan_migration"
_IS_A_PLAN = says("plan", "migration migrating")

FORMS: tuple[Form, ...] = (
    Form("", _ANYTHING, ("approve", "approved", "approval", "confirm", "confirmed"), refusal=_NOT_FROM_HERE),
    Form("", lambda clause: _TRACKS(clause) and _CLUSTERS(clause), _TRACK_VERBS, refusal=_NO_CLUSTER_TRACK),
    Form("", lambda clause: _about_copies(clause) and _CLUSTERS(clause), _COPY_VERBS, refusal=_NO_CLUSTER_COPY),
    Form("", lambda clause: _COPIES(clause) and not _COPY(clause), REMOVE_VERBS, refusal=_NO_DELETING),
    Form("", says("report reports"), _SHOWS, refusal=_REPORT),
    Form("", says("checklist left tick"), _WORK, refusal=_CHECKLIST),
    Form("", lambda clause: not _about_copies(clause), _CLUSTER_VERBS, refusal=_NOT_THE_CLUSTER),
    Form("set_workgroup_track", _TRACKS, _TRACK_VERBS, _TRACK_SLOTS, _TRACK_WORDS),
    Form(_REMOVE, _COPY, REMOVE_VERBS, (_REGION, _OF_NAMESPACE), _COPY_WORDS),
    Form(_UPDATE, _about_copies, UPDATE_VERBS, _UPDATE_SLOTS, _COPY_WORDS),
    Form(_UPDATE, _about_retention, _SETS, _UPDATE_SLOTS, _COPY_WORDS),
    Form(_UPDATE, _says_how_long, UPDATE_VERBS | _SETS, _UPDATE_SLOTS, _COPY_WORDS, _AFTER_COPIES),
    Form(_CONFIGURE, _about_copies, SET_VERBS, _COPY_SLOTS, _COPY_WORDS),
    Form(_CONFIGURE, _about_copies, UPDATE_VERBS, _MOVE_SLOTS, _COPY_WORDS),
    Form("plan_fleet", says("wave waves fleet"), _WAVES, _WAVE_SLOTS, _WAVE_WORDS),
    Form("plan_fleet", says("order first next", "migrate migrated move moved"), _ORDERS, _WAVE_SLOTS, _WAVE_WORDS),
    Form("apply_plan", _ANYTHING, _APPLIES, _APPLY_SLOTS, _APPLY_WORDS),
    Form("get_plan", says("plan"), _LOOKS, _LOOK_SLOTS, _LOOK_WORDS),
    Form(_PLAN, _IS_A_PLAN, _PLANS, _PLAN_SLOTS, _PLAN_WORDS),
    Form(_PLAN, _ANYTHING, ("migrate", "convert"), _PLAN_SLOTS, _PLAN_WORDS, then_apply=True),
    Form(_PLAN, _names_subjects, ("only",), _PLAN_SLOTS, _PLAN_WORDS),
    Form(_PLAN, _ANYTHING, _ADDS, _ADD_SLOTS, _ADD_WORDS, (_PLAN, "get_plan"), begins_with_value=True),
    Form(_PLAN, says("serverless"), ("move",), _PLAN_SLOTS, _PLAN_WORDS, then_apply=True),
    Form("resume_migration", _ANYTHING, _RESUMES, _RUN_SLOTS, _RUN_WORDS),
    Form("undo_migration", _ANYTHING, _UNDOES, _UNDO_SLOTS, _RUN_WORDS | {"cutover"}),
    Form("cut_over_scheduled_queries", _QUERIES, ("cutover",), _RUN_SLOTS, _RUN_WORDS | {"scheduled", "queries"}),
    Form("plan_cut_over", _no_queries, ("cutover",), _CUT_OVER_SLOTS, _CUT_OVER_WORDS, then_apply=True),
    Form("plan_cut_over", _CUT_OVER, _PLANS, _CUT_OVER_SLOTS, _CUT_OVER_WORDS),
    Form("plan_decommission", _ANYTHING, _ENDS, _END_SLOTS, _END_WORDS, then_apply=True),
    Form("plan_decommission", says("decommission decommissioning end"), _PLANS, _END_SLOTS, _END_WORDS),
    Form("check_data", says("data"), ("check", "compare", "verify", "is the", "is all"), _RUN_DATA_SLOTS, _DATA_WORDS),
    Form("verify_migration", _ANYTHING, ("verify",), _VERIFY_SLOTS, _VERIFY_WORDS),
    Form("verify_migration", says("migration"), ("check",), _VERIFY_SLOTS, _VERIFY_WORDS),
)
"""Commands. Of those that fit a clause a refusal counts, else the one that understands it or lacks only a detail."""

STATUS = Form(
    "get_migration_status",
    says("status progress migration migrations run runs", "status progress far doing going show list finished done"),
    slots=(_MIGRATION,),
    fillers=_STATUS_WORDS,
)
_MAINTENANCE = says("maintenance track tracks window windows patch patches patching version upgrade upgrades")
_COPIED = says("copy copies copied copying replicated replication")
_SNAPSHOT_SETTINGS = says(
    "snapshot snapshots", "setting settings config configuration maintenance retention where region"
)
READS: tuple[tuple[str, About], ...] = (
    ("get_cluster_maintenance_settings", _MAINTENANCE),
    ("get_cluster_snapshot_copy_settings", lambda clause: _COPIED(clause) or _SNAPSHOT_SETTINGS(clause)),
    ("list_snapshots", lambda clause: says("list all which", "snapshots")(clause) and not _COPIED(clause)),
    ("list_connections", says("connects connect connected connecting connections clients")),
    ("list_scheduled_queries", says("query queries", "scheduled schedule schedules")),
    ("get_cluster_usage_limits", says("usage", "limit limits")),
    ("get_cluster_wlm_queues", says("wlm queue queues")),
)
"""What can be read of a cluster: all that a clause is about is read."""

HELP_TOPICS: tuple[tuple[frozenset[str], str], ...] = (
    (vocabulary("cost costs price prices"), "cost"),
    (vocabulary("undo undoing revert"), "undo"),
    (vocabulary("cutover switching cut-over"), "cut_over"),
    (vocabulary("decommission decommissioning retiring"), "decommission"),
    (vocabulary("look first-look read-only"), "first_look"),
    (vocabulary("approval approvals approve approved approving digest"), "approval"),
    (vocabulary("permission permissions iam policy policies rights allowed"), "permissions"),
    (vocabulary("wlm queue queues"), "wlm_queues"),
    (vocabulary("query queries"), "scheduled_queries"),
    (vocabulary("usage limit limits"), "usage_limits"),
    (vocabulary("copy copies copied copying grant grants retention replication"), "snapshot_copy"),
    (vocabulary("track tracks trailing"), "tracks"),
    (vocabulary("maintenance window windows snapshot snapshots"), "maintenance_snapshot"),
    (vocabulary("start started starting begin beginning getting first"), "getting_started"),
    (vocabulary("migrate migrating migration migrations move moving"), "migration"),
)
"""What a question about how something works is about, the first that fits."""
