# Spectrum: mean density of the first against the last fifth of the active epochs, and their median
# frequencies; a panel a channel.
#
# Given (style.gp tells which of them it uses):
#   source                  name of the recording
#   channels                number of channels, channel_label[] their labels
#   unit                    of the density: µV²/Hz
#   frequency_low, frequency_high   the band, Hz
#   $spectra                index a channel: frequency (Hz), density of the first and the last fifth
#   density_high[]          largest density of a channel; 0 without active epochs
#   density_right[]         largest density in the upper half of the band
#   mdf_first[], mdf_last[]            median frequency (Hz) of each density, NaN without one
#   density_first[], density_last[]    the density there

# Layout, mm
columns = channels > 8 ? 3 : channels > 4 ? 2 : 1
width = columns > 1 ? page_width : column_width
rows = (channels + columns - 1) / columns
left = 4.4
do for [c = 1 : channels] {
    left = density_high[c] > 0 ? larger(left, 4.4 + tic_room(0, density_high[c] * 1.3, 20.0)) : left
}
right = 3.0
head = 5.5
panel_head = 4.5                                                 # for the channel's label
panel_height = rows > 5 ? 25.0 : rows > 2 ? 28.0 : rows > 1 ? 32.0 : 42.0
between = 2.5
foot = 9.0
legend = columns > 1 ? 4.5 : 8.0
inner = (width - columns * (left + right)) / columns
height = head + rows * (panel_head + panel_height + between) + foot + legend
panel_left(c) = left + ((c - 1) % columns) * (inner + left + right)
panel_top(c) = head + ((c - 1) / columns) * (panel_head + panel_height + between) + panel_head

eval page(width, height)
set multiplot
set label 1 source at screen x_at(1.5), screen y_at(3.0) left font typeface(font_size)

# ---- legend, of two lines in a column, of one on a page
legend_y = height - legend + 2.0
second_x = columns > 1 ? 75.0 : 0.0
second_y = columns > 1 ? legend_y : legend_y + 3.6
set arrow 1 from screen x_at(left + 1), screen y_at(legend_y) to screen x_at(left + 6), screen y_at(legend_y) nohead linewidth data_line linecolor rgb first_ink
set label 2 'first fifth of the active epochs' at screen x_at(left + 7.5), screen y_at(legend_y) left font typeface(small_size)
set arrow 2 from screen x_at(left + second_x + 1), screen y_at(second_y) to screen x_at(left + second_x + 6), screen y_at(second_y) nohead linewidth data_line dashtype (4, 2) linecolor rgb last_ink
set label 3 'last fifth; upright: median frequencies' at screen x_at(left + second_x + 7.5), screen y_at(second_y) left font typeface(small_size)

set xrange [floor(frequency_low / 10) * 10 : frequency_high]
frequency_step = round_up((frequency_high - frequency_low) * 10 / inner)
set xtics offset 0, 0.3 frequency_step
set mxtics 2
# The band's lower edge has its tic where there is room for it.
if (frequency_step * ceil(frequency_low / frequency_step) - frequency_low > 0.45 * frequency_step) {
    set xtics add (frequency_low)
}
do for [c = 1 : channels] {
    eval panel(panel_left(c), panel_top(c), inner, panel_height)
    there = density_high[c] > 0
    # Room for the numbers in the corner, above what lies under them.
    high = there ? larger(density_high[c] * 1.05, (columns > 2 ? density_high[c] : density_right[c]) / (1 - 7.2 / panel_height)) : 1.0
    k = exponent_of(high)
    power = 10.0 ** k
    high = high / power
    step = step_on(0, high, panel_height * 0.8)
    set yrange [0 : high]
    set label 11 channel_label[c] at screen x_at(panel_left(c)), screen y_at(panel_top(c) - 1.8) left font typeface(font_size)
    set label 12 axis_label('Density', k, unit) at screen x_at(panel_left(c) - left + 2.2), screen y_at(panel_top(c) + panel_height / 2) center rotate by 90 font typeface(font_size)
    if (there) {
        set ytics offset 0.6, 0 0, step, high
        set arrow 11 from mdf_first[c], 0 to mdf_first[c], density_first[c] / power nohead linewidth strong_line linecolor rgb first_ink
        set arrow 12 from mdf_last[c], 0 to mdf_last[c], density_last[c] / power nohead linewidth strong_line dashtype (4, 2) linecolor rgb last_ink
        change = 100 * (mdf_last[c] / mdf_first[c] - 1)
        change = sprintf(' (%s%.0f %%)', change < -0.5 ? '−' : change >= 0.5 ? '+' : '', abs(change))
        set label 13 sprintf('MDF, first: %.0f Hz', mdf_first[c]) at screen x_at(panel_left(c) + inner - 1.2), screen y_at(panel_top(c) + 2.2) right font typeface(small_size) textcolor rgb first_ink
        set label 14 sprintf('MDF, last: %.0f Hz', mdf_last[c]).change at screen x_at(panel_left(c) + inner - 1.2), screen y_at(panel_top(c) + 5.2) right font typeface(small_size) textcolor rgb last_ink
    } else {
        eval no_ytics
        set label 16 'no active epochs' at screen x_at(panel_left(c) + inner / 2), screen y_at(panel_top(c) + panel_height / 2) center front font typeface(font_size) textcolor rgb note_ink
    }
    if (c + columns > channels) {
        set format x '%g'
        set label 17 'Frequency (Hz)' at screen x_at(panel_left(c) + inner / 2), screen y_at(panel_top(c) + panel_height + 6.9) center font typeface(font_size)
    } else {
        set format x ''
    }
    plot $spectra index c - 1 using 1:($2 / power) with lines linewidth data_line linecolor rgb first_ink, \
         $spectra index c - 1 using 1:($3 / power) with lines linewidth data_line dashtype (4, 2) linecolor rgb last_ink
    unset label
    unset arrow
}

unset multiplot
unset output
