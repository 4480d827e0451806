# SPDX-License-Identifier: MIT
"""Commands for gdb that know Terrarium's processes and threads.

    tr-ps             the processes of the simulated machine
    tr-threads [PID]  threads, of one process or of all
    tr-bt TID         where a thread of a program is, by its saved registers

They read the kernel's own records through its debug information and change nothing. The machine
must be stopped somewhere inside a run: by a breakpoint, or by `kill -INT` from another terminal
(keys, Ctrl-C too, go to the system). Names and lines of programs need `terrarium run --announce`,
which `terrarium run --gdb` implies.
"""

import gdb

CLASSES = "dsa"
THREAD_STATES = {1: "ready", 2: "running", 3: "sleeping", 4: "ended"}
WAITS = ["-", "sleep", "event", "reply", "pipe-read", "pipe-write", "key", "page"]
SAVED_FULL = 1  # hal-posix/gate.h; the words of a saved context: hal-posix/arch-*.h
FRAMES_MOST = 64
GHOSTS_MACHINE = 4096  # hal-posix/gate.h

# The host's signals that are the machine's own business.
for SIGNAL in ("SIGSEGV", "SIGILL", "SIGBUS", "SIGFPE", "SIGALRM"):
    gdb.execute("handle %s nostop noprint pass" % SIGNAL, to_string=True)
for NUMBER in range(34, 65):
    gdb.execute("handle SIG%d nostop noprint pass" % NUMBER, to_string=True)
gdb.execute("set breakpoint pending on")
# gdb's library for threads of the host takes a program's thread pointer for the host's. The portable
# gate keeps none.
try:
    gdb.parse_and_eval("(long)&gate_ghosts_resume")
    gdb.execute("set libthread-db-search-path /nonexistent")
except gdb.error:
    pass


def number_of(argument, what):
    """A number that the user gave."""
    try:
        return int(gdb.parse_and_eval(argument))
    except gdb.error:
        raise gdb.GdbError("%s is no %s" % (argument, what))


def machine():
    """The machine that the stopped host thread runs."""
    if gdb.selected_thread() is None:
        raise gdb.GdbError("nothing runs yet, or any more: set a breakpoint, then `run`")
    try:
        # The word behind the ghost functions; a variable where there is none.
        try:
            value = gdb.parse_and_eval(
                "*(struct machine **)(ghost_base + %d)" % GHOSTS_MACHINE)
        except gdb.error:
            value = gdb.parse_and_eval("gate_machine")
    except gdb.error as error:
        raise gdb.GdbError("no machine runs here: %s" % error)
    if int(value) == 0:
        raise gdb.GdbError("this host thread runs no machine at the moment")
    return value.dereference()


def kernel():
    value = machine()["kernel"]
    if int(value) == 0:
        raise gdb.GdbError("the machine has no kernel yet")
    return value.dereference()


def container(address, type_name, member):
    """The record of a type whose member is at the address."""
    record = gdb.lookup_type(type_name)
    offset = next(f.bitpos // 8 for f in record.fields() if f.name == member)
    return gdb.Value(int(address) - offset).cast(record.pointer()).dereference()


def tree_nodes(node):
    """The nodes below one, in order."""
    if int(node) == 0:
        return
    yield from tree_nodes(node["child"][0])
    yield node
    yield from tree_nodes(node["child"][1])


def list_links(head):
    link = head["next"]
    while int(link) != int(head.address):
        yield link
        link = link["next"]


def processes():
    for node in tree_nodes(kernel()["processes"]["root"]):
        yield container(node, "struct process", "by_id")


def threads(process):
    for link in list_links(process["threads"]):
        yield container(link, "struct thread", "siblings")


def state_of(thread):
    process = thread["process"].dereference()
    state = THREAD_STATES.get(int(thread["state"]), "?")
    if bool(thread["is_suspended"]) or bool(process["is_suspended"]):
        return state + ", suspended"
    if state == "sleeping":
        return "sleeps: " + WAITS[int(thread["wait"])]
    return state


def words_of(thread):
    return thread["context"]["machine"]


def read_word(address):
    data = gdb.selected_inferior().read_memory(address, 8)
    return int.from_bytes(bytes(data), "little")


def runs_now(thread):
    """In user code at this moment: its registers are the host's."""
    gate = machine()["gate"]
    return int(gate["in_kernel"]) == 0 and int(gate["current"]) == int(
        thread["context"].address
    )


def describe(address, is_return):
    """An address as gdb would name it: function, file and line."""
    at = address - 1 if is_return else address
    name = gdb.execute("info symbol 0x%x" % at, to_string=True).strip()
    name = "??" if name.startswith("No symbol") else name.split(" ")[0]
    line = gdb.find_pc_line(at)
    where = ""
    if line.symtab is not None:
        where = " at %s:%d" % (line.symtab.filename, line.line)
    return "%s ()%s" % (name, where)


def saved_frames(thread):
    """(instruction, is it a return address) from a saved context, outwards."""
    words = words_of(thread)
    arch = gdb.selected_inferior().architecture().name()
    if "x86-64" in arch:
        stack, base, how = int(words[0]), int(words[2]), int(words[8]) & 0xFFFFFFFF
        if how == SAVED_FULL:
            yield int(words[9]), False
        else:
            yield read_word(stack), True
    elif "aarch64" in arch:
        base = int(words[10])
        yield int(words[11]), True
    else:
        raise gdb.GdbError("saved registers of %s are not known here" % arch)
    for _ in range(FRAMES_MOST):
        if base == 0:
            return
        try:
            following, address = read_word(base), read_word(base + 8)
        except gdb.MemoryError:
            return
        if address == 0:
            return
        yield address, True
        if following <= base:
            return
        base = following


class ProcessList(gdb.Command):
    """Lists the processes of the simulated machine: tr-ps"""

    def __init__(self):
        super().__init__("tr-ps", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        kernel()
        print("%5s %6s %7s %s" % ("pid", "parent", "threads", "name"))
        for process in processes():
            blank = " (blank)" if bool(process["is_blank"]) else ""
            suspended = " (suspended)" if bool(process["is_suspended"]) else ""
            print(
                "%5d %6d %7d %s%s%s"
                % (
                    int(process["object"]["id"]),
                    int(process["parent"]),
                    int(process["thread_count"]),
                    process["name"].string(),
                    blank,
                    suspended,
                )
            )


class ThreadList(gdb.Command):
    """Lists threads, of one process or of all: tr-threads [PID]"""

    def __init__(self):
        super().__init__("tr-threads", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        wanted = number_of(argument, "pid") if argument.strip() else None
        kernel()
        print("%5s %5s %-20s %-20s" % ("tid", "pid", "state", "process"))
        found = False
        for process in processes():
            pid = int(process["object"]["id"])
            if wanted is not None and pid != wanted:
                continue
            found = True
            for thread in threads(process):
                print(
                    "%5d %5d %-20s %-20s"
                    % (
                        int(thread["object"]["id"]),
                        pid,
                        state_of(thread),
                        process["name"].string(),
                    )
                )
        if wanted is not None and not found:
            raise gdb.GdbError("no process %d" % wanted)


class ThreadBacktrace(gdb.Command):
    """Tells where a thread of a program is: tr-bt TID"""

    def __init__(self):
        super().__init__("tr-bt", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        if not argument.strip():
            raise gdb.GdbError("tr-bt needs a tid; tr-threads lists them")
        wanted = number_of(argument, "tid")
        for process in processes():
            for thread in threads(process):
                if int(thread["object"]["id"]) == wanted:
                    self.show(process, thread)
                    return
        raise gdb.GdbError("no thread %d" % wanted)

    @staticmethod
    def show(process, thread):
        print(
            "thread %d of %s (%s)"
            % (
                int(thread["object"]["id"]),
                process["name"].string(),
                state_of(thread),
            )
        )
        if runs_now(thread):
            gdb.execute("backtrace")
            return
        try:
            for number, (address, is_return) in enumerate(saved_frames(thread)):
                print("#%-3d 0x%016x in %s" % (number, address, describe(address, is_return)))
        except gdb.MemoryError as error:
            print("(its stack is not mapped at the moment: %s)" % error)


ProcessList()
ThreadList()
ThreadBacktrace()
