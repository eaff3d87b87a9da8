"""What the checks of files share: conditions are counted, and those that do not hold are told."""

failures = 0


def check(good, what):
    """Tells `what` where `good` is false, and goes on."""
    global failures
    if not good:
        failures += 1
        print("FAILED:", what)


def status():
    """Tells how many conditions did not hold; the exit status of the script."""
    print("failures:", failures)
    return 1 if failures else 0
