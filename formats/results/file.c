/* The file under a results file: a virtual file driver of HDF5.
 *
 * HDF5 1.10 does not get over a failed write: its close fails too, leaves the file half open, and
 * the library crashes when the program ends. So writes that fail never reach it: the driver keeps
 * the system's error for the writer, which looks after every call, and lets HDF5 go on as if all
 * were well until the file is closed. */
#include "formats/results/hdf5.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 14, 0)
#include <H5FDdevelop.h>
#endif

struct driver_file {
    H5FD_t base; /* HDF5's part, first */
    struct results_file *state;
    int descriptor;
    haddr_t end_allocated, end;
    dev_t device;
    ino_t node;
};

/* What travels in the access property list, by value. */
struct driver_information {
    struct results_file *state;
};

static void keep_error(struct results_file *state, int number)
{
    state->error_number = state->error_number ? state->error_number : number;
}

static H5FD_t *driver_open(const char *path, unsigned flags, hid_t list, haddr_t limit)
{
    (void)limit;
    const struct driver_information *information = H5Pget_driver_info(list);
    struct driver_file *file = calloc(1, sizeof *file);
    struct stat about;
    if (!information || !file) {
        free(file);
        return NULL;
    }
    int mode = O_CLOEXEC | (flags & H5F_ACC_RDWR ? O_RDWR : O_RDONLY);
    mode |= (flags & H5F_ACC_CREAT ? O_CREAT : 0) | (flags & H5F_ACC_TRUNC ? O_TRUNC : 0);
    file->descriptor = open(path, mode, 0666);
    if (file->descriptor < 0 || fstat(file->descriptor, &about) != 0) {
        information->state->open_error = errno;
        if (file->descriptor >= 0) {
            close(file->descriptor);
        }
        free(file);
        return NULL;
    }
    file->state = information->state;
    file->end = (haddr_t)about.st_size;
    file->device = about.st_dev;
    file->node = about.st_ino;
    return &file->base;
}

static herr_t driver_close(H5FD_t *base)
{
    struct driver_file *file = (struct driver_file *)base;
    if (close(file->descriptor) != 0) {
        keep_error(file->state, errno);
    }
    free(file);
    return 0;
}

static int driver_compare(const H5FD_t *left, const H5FD_t *right)
{
    const struct driver_file *a = (const struct driver_file *)left;
    const struct driver_file *b = (const struct driver_file *)right;
    if (a->device != b->device) {
        return a->device < b->device ? -1 : 1;
    }
    return a->node < b->node ? -1 : a->node > b->node;
}

/* What HDF5's own driver for plain files says, so that files look alike. */
static herr_t driver_query(const H5FD_t *base, unsigned long *flags)
{
    (void)base;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t driver_get_allocated(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driver_file *)base)->end_allocated;
}

static herr_t driver_set_allocated(H5FD_t *base, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    ((struct driver_file *)base)->end_allocated = end;
    return 0;
}

static haddr_t driver_get_end(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driver_file *)base)->end;
}

static herr_t driver_read(H5FD_t *base, H5FD_mem_t type, hid_t list, haddr_t address, size_t size,
                          void *buffer)
{
    (void)type;
    (void)list;
    struct driver_file *file = (struct driver_file *)base;
    const haddr_t first = address;
    const size_t whole = size;
    char *to = buffer;
    while (size > 0) {
        ssize_t got = pread(file->descriptor, to, size, (off_t)address);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            keep_error(file->state, errno);
            return -1;
        }
        if (got == 0) {
            memset(to, 0, size); /* allocated, and not written yet */
            break;
        }
        to += got;
        address += (haddr_t)got;
        size -= (size_t)got;
    }
    return file->state->checks_heaps &&
                   !results_heap_sound(&file->state->heap, first, buffer, whole, file->end)
               ? -1
               : 0;
}

static herr_t driver_write(H5FD_t *base, H5FD_mem_t type, hid_t list, haddr_t address, size_t size,
                           const void *buffer)
{
    (void)type;
    (void)list;
    struct driver_file *file = (struct driver_file *)base;
    const char *from = buffer;
    if (address + size > file->end) {
        file->end = address + size;
    }
    while (size > 0 && file->state->error_number == 0) {
        ssize_t put = pwrite(file->descriptor, from, size, (off_t)address);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            keep_error(file->state, put < 0 ? errno : ENOSPC);
            break;
        }
        from += put;
        address += (haddr_t)put;
        size -= (size_t)put;
    }
    return 0;
}

static herr_t driver_truncate(H5FD_t *base, hid_t list, hbool_t closing)
{
    (void)list;
    (void)closing;
    struct driver_file *file = (struct driver_file *)base;
    if (file->end != file->end_allocated) {
        if (file->state->error_number == 0 &&
            ftruncate(file->descriptor, (off_t)file->end_allocated) != 0) {
            keep_error(file->state, errno);
        }
        file->end = file->end_allocated;
    }
    return 0;
}

static const H5FD_class_t driver = {
#ifdef H5FD_CLASS_VERSION
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)300, /* of the range for tests and private use */
#endif
    .name = "soleus",
    .maxaddr = ((haddr_t)1 << 62),
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(struct driver_information),
    .open = driver_open,
    .close = driver_close,
    .cmp = driver_compare,
    .query = driver_query,
    .get_eoa = driver_get_allocated,
    .set_eoa = driver_set_allocated,
    .get_eof = driver_get_end,
    .read = driver_read,
    .write = driver_write,
    .truncate = driver_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

herr_t results_file_set(hid_t list, struct results_file *state)
{
    const struct driver_information information = {state};
    state->driver = H5FDregister(&driver);
    return state->driver < 0 ? -1 : H5Pset_driver(list, state->driver, &information);
}
