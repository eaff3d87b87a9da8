# Trend: a marker of the active epochs against time, and the lines fitted to it; a panel a channel.
#
# Given (style.gp tells which of them it uses):
#   source                  name of the recording
#   time_from, time_to      s from the recording's start
#   channels                number of channels, channel_label[] their labels
#   marker, unit            "MDF", "Hz"
#   logarithm               1: the marker's logarithm was fitted, and its axis is logarithmic
#   confidence              of the intervals, 0.95
#   $points                 index a channel: time, value of an epoch that was fitted, value of an active
#                           one that was not (in clonic phases); medians of epochs_per_point epochs
#   others                  number of points of the latter kind
#   $lines                  index a channel: time, least-squares line, its band's lower and upper
#                           edge, Theil-Sen line. The band is the interval of the line's value.
#   value_low[], value_high[]   range of a channel's values
#   active[]                1: the channel has active epochs
#   text_1[], text_2[], text_3[]   the numbers: slope, normalised slope, p and verdict

# Slopes are per second: time is told from the recording's start.
clock_wanted = 0

# Layout, mm
columns = channels > 8 ? 3 : channels > 4 ? 2 : 1
width = columns > 1 ? page_width : column_width
rows = (channels + columns - 1) / columns
left = logarithm ? 14.5 : 4.4
do for [c = 1 : channels] {
    left = logarithm || active[c] == 0 ? left : larger(left, 4.4 + tic_room(value_low[c], value_high[c] * 1.5 - value_low[c] * 0.5, 20.0))
}
right = 3.0
head = 5.5
panel_head = 4.5                                                 # for the channel's label
panel_height = rows > 5 ? 26.0 : rows > 2 ? 29.0 : rows > 1 ? 32.0 : 42.0
between = 2.5
foot = 9.0
legend = columns > 1 ? 4.5 : 8.5
inner = (width - columns * (left + right)) / columns
height = head + rows * (panel_head + panel_height + between) + foot + legend
panel_left(c) = left + ((c - 1) % columns) * (inner + left + right)
panel_top(c) = head + ((c - 1) / columns) * (panel_head + panel_height + between) + panel_head
eval page(width, height)
set multiplot
set label 1 source at screen x_at(1.5), screen y_at(3.0) left font typeface(font_size)
eval time_axis(inner)

# ---- legend, of two lines in a column, of one on a page
legend_y = height - legend + 2.2
second_x = columns > 1 ? 75.0 : 0.0
second_y = columns > 1 ? legend_y : legend_y + 3.6
set arrow 1 from screen x_at(left + 1), screen y_at(legend_y) to screen x_at(left + 6), screen y_at(legend_y) nohead linewidth strong_line linecolor rgb fit_ink front
set object 1 rectangle from screen x_at(left + 1), screen y_at(legend_y + 1) to screen x_at(left + 6), screen y_at(legend_y - 1) fillcolor rgb band_fill fillstyle solid noborder
set label 2 sprintf('least squares with its %g %% band', 100 * confidence) at screen x_at(left + 7.5), screen y_at(legend_y) left font typeface(small_size)
set arrow 2 from screen x_at(left + second_x + 1), screen y_at(second_y) to screen x_at(left + second_x + 6), screen y_at(second_y) nohead linewidth strong_line dashtype (4, 2) linecolor rgb second_fit_ink front
set label 3 'Theil–Sen; p of Mann–Kendall' at screen x_at(left + second_x + 7.5), screen y_at(second_y) left font typeface(small_size)
if (others > 0) {
    set label 4 '' at screen x_at(left + second_x + 46), screen y_at(second_y) point pointtype 6 pointsize dot(0.9) linewidth thin_line linecolor rgb point_ink
    set label 5 'clonic, not fitted' at screen x_at(left + second_x + 48), screen y_at(second_y) left font typeface(small_size)
}
if (epochs_per_point > 1) {
    set label 6 sprintf('medians of %d epochs', epochs_per_point) at screen x_at(width - right), screen y_at(3.0) right font typeface(small_size) textcolor rgb note_ink
}

if (logarithm) { set logscale y }
do for [c = 1 : channels] {
    eval panel(panel_left(c), panel_top(c), inner, panel_height)
    low = value_low[c]
    high = value_high[c]
    # Room for the numbers, above the data.
    room = active[c] > 0 ? 9.5 / (panel_height - 9.5) : 0.0
    high = logarithm ? high * (high / low) ** room : high + (high - low) * room
    k = logarithm ? 0 : exponent_of(larger(abs(low), abs(high)))
    power = 10.0 ** k
    low = low / power
    high = high / power
    set yrange [low : high]
    if (logarithm) {
        eval sprintf('set ytics offset 0.6, 0 (%s)', power_tics(low, high))
    } else {
        step = step_on(low, high, panel_height * 0.7)
        set ytics offset 0.6, 0 step * ceil(low / step), step, high
    }
    set label 11 channel_label[c] at screen x_at(panel_left(c)), screen y_at(panel_top(c) - 1.8) left font typeface(font_size)
    set label 12 axis_label(marker, k, unit) at screen x_at(panel_left(c) - left + 2.2), screen y_at(panel_top(c) + panel_height / 2) center rotate by 90 font typeface(font_size)
    if (active[c] > 0) {
        set label 13 text_1[c] at screen x_at(panel_left(c) + inner - 1.2), screen y_at(panel_top(c) + 2.0) right front font typeface(small_size)
        set label 14 text_2[c] at screen x_at(panel_left(c) + inner - 1.2), screen y_at(panel_top(c) + 4.8) right front font typeface(small_size)
        set label 15 text_3[c] at screen x_at(panel_left(c) + inner - 1.2), screen y_at(panel_top(c) + 7.6) right front font typeface(small_size)
    } else {
        eval no_ytics
        set label 16 'no active epochs' at screen x_at(panel_left(c) + inner / 2), screen y_at(panel_top(c) + panel_height / 2) center front font typeface(font_size) textcolor rgb note_ink
    }
    lowest = c + columns > channels
    if (lowest) {
        eval time_axis(inner)
        set label 17 time_label(0) at screen x_at(panel_left(c) + inner / 2), screen y_at(panel_top(c) + panel_height + 6.9) center font typeface(font_size)
    } else {
        set format x ''
    }
    plot $lines index c - 1 using (time_at($1)):($3 / power):($4 / power) with filledcurves fillcolor rgb band_fill fillstyle solid noborder, \
         $points index c - 1 using (time_at($1)):($3 / power) with points pointtype 6 pointsize dot(0.8) linewidth thin_line linecolor rgb point_ink, \
         $points index c - 1 using (time_at($1)):($2 / power) with points pointtype 7 pointsize dot(0.8) linewidth thin_line linecolor rgb point_ink, \
         $lines index c - 1 using (time_at($1)):($2 / power) with lines linewidth strong_line linecolor rgb fit_ink, \
         $lines index c - 1 using (time_at($1)):($5 / power) with lines linewidth strong_line dashtype (4, 2) linecolor rgb second_fit_ink
    unset label
    unset arrow
    unset object
}

unset multiplot
unset output
