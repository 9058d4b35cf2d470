-- SPDX-License-Identifier: MIT AND Apache-2.0
-- Written by tools/numbers.lua from libphonenumber's metadata 9.0.43 of 2026-11-10 (Apache-2.0; libphonenumber-js 1.13.16); do not edit.
-- The numbering plans of country codes that begin with 7: automata over digits; lua/sms/number/plan.lua reads them.
return {
  [7] = {
    "RU:fixed,KZ:mobile,KZ:fixed,KZ:voip,RU:toll_free,RU:premium,RU:personal,RU:mobile",
    "$##$,#$#$,#%#$,#&#$,#'#$,#(#$,#)#$,#*#$.#+#$P#+#&/#+M#+Y#+#$/#+#$K#+#%1#+W#+#%$#+F#+#*##,>#-E#.K#/P#0W#1Y#2#$-#+#&-#+>#+L#+#&-#+\z
    ?#+Q#+#$1#+#$3#+#%2#+X#+#)##4-#56#6T#7W#8Y#9%##$,#;#$,#<#$,#=#$,#>#$,#?#$,#@#$,#A#%%#BN#B&##$,#D#$,#E#$,#F#$,#G#$,#H#$,#I#$&#I#$\z
    Y#I#$>#I#'7#JE#KK#LP#M#%*#IY#I#&7#JE#OK#L#%7#JK#L#%&#IO#I#'6#J>#OE#RK#L#%$#ID#I#$5#I#$T#I#(6#J>#TE#JK#UY#V#$*#I#'6#J>#UE#XK#L#%-\z
    #IY#I#$-#I#&8#JK#ZP#[#$6#J#%0#IS#I#$(#I#(6#J>#_E#`K#LT#J#,##N-#P6#Q>#SE#WK#YP#]T#^W#a#%E#IS#I#&?#IP#IY#I#&7#JE#cK#d#&##IQ#IY#I#$\z
    P#I#&.#IQ#IY#I#'6#J>#fE#gK#h#&-#I>#IY#I#%8#JK#j#%/#IO#I#&6#J>#lK#L#$+#I#'7#JE#nK#LP#[#$'#I#'6#J>#UE#pK#L#$##I#&6#IT#IY#I#(7#JE#r\z
    K#sT#JY#J#&7#JE#KK#L#&.#IF#IU#I#&6#J>#vK#L#,-#e6#i>#kE#mK#oP#qT#tW#uY#w#$T#B'##$,#z#$,#{#$,#|#$,#}#$,#~#$,$##$,$$#$-$%#$'#B#%-#B\z
    N#B#$K#B#+##C-#b6#xE#yK$&P$'T$(W$)(##$,$+#$,$,#$,$-#$,$.#$,$/#$,$0#$,$1)##$,$3#$,$4#$,$5#$,$6#$,$7#$,$8#$,$9*##$,$;#$,$<#$,$=#$,\z
    $>#$,$?#$,$@#$,$A#(#$2>$:E$2W$BY$:#$,$2#$,$D#$,$E#$W$F#%#$G4#+#$$#+#%-#+A#+#$+#+#%-#+M#+#&&#+M#+Y#+#%/#+V#+#+#$C-$H6$I>$JE$KK$LP\z
    $MT$N+##$,$P#$,$Q#$,$R#$,$S#$,$T#$,$U#$,$V#$,$W#$K$T#$*$T#%'$TY$T#%#$TJ$T#+#$Y.$U>$ZF$UP$[T$UW$]Y$U#%#$^5$V#%#$_5$W#&%$X>$`J$X#(\z
    >#3E#:T$*W$OY$a",
  },
}
