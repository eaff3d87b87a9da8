# The style of all figures of soleus: sizes, fonts, lines, colours, and functions to lay out a page.
#
# It is read before every figure. To change it, put the lines that you want otherwise into a file of
# your own, which is read after this one:  soleus plot RESULTS --style mine.gp -o FIGURE
#
# Given: figure_format ('svg', 'pdf' or 'png') and figure_file.
# Lengths on paper are in mm, line widths and fonts in pt, whatever the format.

set encoding utf8
set minussign

# Paper
column_width = 85.0             # mm, one column of a journal
page_width = 170.0              # mm, two columns
png_dpi = 600.0                 # dots per inch
background = '#ffffff'

# Text
font_name = 'sans-serif'
font_size = 7.0                 # pt, labels and titles
small_size = 6.0                # pt, tics and notes

# Lines
frame_line = 0.5                # pt, axes
thin_line = 0.35                # pt, outlines
data_line = 0.75                # pt, curves
strong_line = 1.1               # pt, fitted lines

# Colours: those of Okabe and Ito, which colour-blind readers can tell apart
ink = 0x000000
note_ink = 0x555555
background_ink = 0xffffff
frame_ink = 0x333333
grid_ink = 0xdddddd
empty_fill = 0xf2f2f2           # where there are no data
signal_fill = 0xb4bcc4          # the recorded signal, minimum to maximum
envelope_fill = 0x3f4a54        # its envelope
first_ink = 0x0072b2            # of two curves
last_ink = 0xd55e00
fit_ink = 0xd55e00
band_fill = 0xf5cdb0
second_fit_ink = 0x0072b2
point_ink = 0x555555
other_point_ink = 0xc8c8c8
mark_ink = 0xd55e00

# Classes of episodes: 1 tonic, 2 clonic, 3 tonic-clonic, 4 myoclonic. A letter goes with each
# colour.
array class_name = ['tonic', 'clonic', 'tonic-clonic', 'myoclonic']
array class_letter = ['T', 'C', 'TC', 'M']
array class_letter_ink = [0xffffff, 0xffffff, 0xffffff, 0x000000]
array class_ink = [0xd55e00, 0x0072b2, 0x009e73, 0xcc79a7]
array class_fill = [0xfae3d3, 0xd3e6f2, 0xd3eee5, 0xf5e4ed]

# Channels that share a panel: a colour and a kind of point each. More of them are drawn as rows.
array channel_ink = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0x56b4e9, 0x000000]
array channel_point = [7, 9, 5, 13, 11, 1]
channels_in_a_panel = 6

# A perceptually uniform scale (the values of viridis of matplotlib, CC0)
set palette defined (0.000 '#440154', 0.125 '#472d7b', 0.250 '#3b528b', 0.375 '#2c728e', \
                     0.500 '#21918c', 0.625 '#28ae80', 0.750 '#5ec962', 0.875 '#addc30', \
                     1.000 '#fde725')

# --------------------------------------------------------------------------------------------------
# Functions. A script sets width and height (mm) and then opens its page:  eval page(width, height)

terminal(w, h) = figure_format eq 'pdf' \
    ? sprintf("set terminal pdfcairo size %.4fcm,%.4fcm noenhanced rounded dashlength 2.7 font '%s,%g' fontscale 0.75 linewidth 2 background '%s'; set output figure_file", \
              w / 10, h / 10, font_name, font_size, background) \
    : figure_format eq 'png' \
    ? sprintf("set terminal pngcairo size %d,%d noenhanced rounded dashlength 4 font '%s,%g' fontscale %.5f linewidth %.5f background '%s'; set output figure_file", \
              w / 25.4 * png_dpi + 0.5, h / 25.4 * png_dpi + 0.5, font_name, font_size, \
              png_dpi / 96, png_dpi / 72, background) \
    : sprintf("set terminal svg size %d,%d fixed noenhanced rounded dashlength 2 font '%s' linewidth %.5f background '%s'; set output figure_file", \
              w / 25.4 * 96 + 0.5, h / 25.4 * 96 + 0.5, typeface(font_size), 96.0 / 72, background)

# The frame and tics of every panel, and the page that a script opens
frame(any) = sprintf("set border linewidth %g linecolor rgb %d; set tics out nomirror scale 0.4, 0.25 font '%s'; set format '%%h'; unset key", \
                     frame_line, frame_ink, typeface(small_size))
page(w, h) = terminal(w, h).'; '.frame(0)

# A place on the page, in mm from its left and upper edges, as screen coordinates
x_at(mm) = mm / width
y_at(mm) = 1.0 - mm / height
# The panel whose frame has its upper left corner there, as a command
panel(left, top, w, h) = sprintf("set lmargin at screen %.6f; set rmargin at screen %.6f; set tmargin at screen %.6f; set bmargin at screen %.6f", \
                                 x_at(left), x_at(left + w), y_at(top), y_at(top + h))
# Fonts of a size in pt; that of SVG is in pixels of 1/96 inch
typeface(pt) = sprintf('%s,%g', font_name, figure_format eq 'svg' ? pt * 96.0 / 72 : pt)
# Points with a radius in pt
dot(pt) = figure_format eq 'pdf' ? pt / 3.0 \
        : figure_format eq 'png' ? pt / 3.0 * png_dpi / 72 \
        : pt / (0.375 * font_size)

# --------------------------------------------------------------------------------------------------
# Steps of tics

# The smallest of 1, 2, 5 times a power of ten that is at least v; the largest of 1 to 9 times a
# power of ten that is at most v
decade(v) = 10.0 ** floor(log10(v))
round_up(v) = v <= decade(v) ? decade(v) : v <= 2 * decade(v) ? 2 * decade(v) \
    : v <= 5 * decade(v) ? 5 * decade(v) : 10 * decade(v)
round_down(v) = floor(v / decade(v) * 1.000001) * decade(v)
larger(a, b) = a > b ? a : b
smaller(a, b) = a < b ? a : b
# For an upright axis from low to high that is so many mm long: 3.2 mm from tic to tic, and one tic
# that is not 0
step_on(low, high, mm) = smaller(round_up((high - low) * 3.2 / mm), round_down(larger(abs(low), abs(high))))

# Numbers from 100000 on and below 0.01 are told in thousands, millions, thousandths and so on: the
# power of ten that the largest number asks for, and the unit with it
exponent_of(v) = v > 0 && (v >= 1e5 || v < 0.01) ? 3 * int(floor(log10(v) / 3)) : 0
times_unit(k, unit) = k == 0 ? unit : '10'.power_text(k).' '.unit

# "Name (unit)", or the name of what has no unit
axis_label(name, k, unit) = strlen(times_unit(k, unit)) > 0 ? sprintf('%s (%s)', name, times_unit(k, unit)) : name

# Room for tics and their numbers left of an axis, mm
number_room(text) = strlen(text) * 0.225 * small_size + 1.6
tic_room(low, high, mm) = room_of(low / 10.0 ** exponent_of(larger(abs(low), abs(high))), \
    high / 10.0 ** exponent_of(larger(abs(low), abs(high))), mm)
room_of(low, high, mm) = room_for(low, high, step_on(low, high, mm))
room_for(low, high, step) = larger(number_room(sprintf('%g', step)), \
    larger(number_room(sprintf('%g', step * floor(high / step))), number_room(sprintf('%g', step * ceil(low / step)))))

# An upright axis without tics, as a command: one far off
no_ytics = "set ytics ('' 1e300)"

# Powers of ten in plain text: 10⁻¹³, 2·10⁻¹³. The tics of a logarithmic upright axis as a command;
# below two decades, 2 and 5 times the powers too
array raised[10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']
power_text(k) = (k < 0 ? '⁻' : '').(abs(k) > 9 ? raised[abs(k) / 10 + 1] : '').raised[abs(k) % 10 + 1]
power_tic(m, k) = sprintf("'%s10%s' %g", m > 1 ? sprintf('%d·', m) : '', power_text(k), m * 10.0 ** k)
power_tics(low, high) = sum_text(floor(log10(low)), ceil(log10(high)), high / low < 100)
sum_text(k, last, fine) = power_tic(1, k).(fine ? ', '.power_tic(2, k).', '.power_tic(5, k) : '') \
    .(k < last ? ', '.sum_text(k + 1, last, fine) : '')

# --------------------------------------------------------------------------------------------------
# Time axes. Given: start (s since 1970, NaN when the clock time is unknown), time_from and time_to
# (s from the recording's start).

# Whether times are told by the clock (from 10 s on), or from the recording's start
clock_wanted = 1
by_clock(any) = clock_wanted && start == start && time_to - time_from >= 10
time_unit(any) = by_clock(0) || time_to - time_from <= 300 ? 1.0 : time_to - time_from <= 10800 ? 60.0 : 3600.0
time_name(any) = time_unit(0) == 1 ? 's' : time_unit(0) == 60 ? 'min' : 'h'
time_at(t) = (by_clock(0) ? start : 0.0) + t / time_unit(0)
# The smallest round step of at least s seconds
round_seconds(s) = s <= 0.1 ? 0.1 : s <= 0.2 ? 0.2 : s <= 0.5 ? 0.5 : s <= 1 ? 1 : s <= 2 ? 2 \
    : s <= 5 ? 5 : s <= 10 ? 10 : s <= 15 ? 15 : s <= 30 ? 30 : s <= 60 ? 60 : s <= 120 ? 120 \
    : s <= 300 ? 300 : s <= 600 ? 600 : s <= 900 ? 900 : s <= 1800 ? 1800 : s <= 3600 ? 3600 \
    : s <= 7200 ? 7200 : s <= 10800 ? 10800 : s <= 21600 ? 21600 : s <= 43200 ? 43200 \
    : 86400 * ceil(s / 86400)
# The step of tics on an axis so many mm wide
time_step_on(mm) = by_clock(0) ? round_seconds((time_to - time_from) * 15 / mm) \
    : round_up((time_to - time_from) / time_unit(0) * 11 / mm)
# Days are told where hours alone would be ambiguous
time_format_on(mm) = !by_clock(0) ? '%g' \
    : time_to - time_from > 129600 ? (time_step_on(mm) < 86400 ? "%H:%M\n%m-%d" : "%m-%d") \
    : time_step_on(mm) < 60 ? '%H:%M:%S' : '%H:%M'
# mm that a second line of tics takes
second_line(mm) = strstrt(time_format_on(mm), "\n") > 0 ? 2.7 : 0.0
day_of(t) = strftime('%Y-%m-%d', start + t)
time_label(any) = !by_clock(0) ? sprintf('Time (%s)', time_name(0)) \
    : day_of(time_from) eq day_of(time_to) ? sprintf('Clock time (%s)', day_of(time_from)) \
    : sprintf('Clock time (%s to %s)', day_of(time_from), day_of(time_to))
# The axis of a panel so many mm wide, as a command
time_axis(mm) = sprintf("set xrange [%.9f:%.9f]; set xtics %s offset 0, 0.3 %.9f; set format x '%s'; set mxtics 2", \
    time_at(time_from), time_at(time_to), by_clock(0) ? 'time' : 'numeric', time_step_on(mm), \
    time_format_on(mm))
