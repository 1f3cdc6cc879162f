# R packages of the image; a package that cannot be installed fails the build.
packages <- c("data.table", "jsonlite")
install.packages(packages)
stopifnot(all(packages %in% rownames(installed.packages())))
