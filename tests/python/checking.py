"""What the checks of files share: conditions are counted, and those that do not hold are told."""

failures = 0


def check(good, what):
    """Tells `what` where `good` is false, and goes on."""
    global failures
    if not good:
        failures += 1
        print("FAILED:", what)


def falls_short(good, what):
    """Tells `what` where `good` is false, and goes on: what is wanted and not reached yet. Where it
    is reached the list of what falls short is no longer true, and that is a failure."""
    if good:
        check(False, "reached by now, so use check(): " + what)
    else:
        print("FALLS SHORT:", what)


def status():
    """Tells how many conditions did not hold; the exit status of the script."""
    print("failures:", failures)
    return 1 if failures else 0
