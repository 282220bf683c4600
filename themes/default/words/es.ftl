# Cada palabra de la interfaz. Un archivo propio solo necesita lo que cambia.
# { $name } representa un valor. Una palabra con formas tiene una para cada plural del idioma.

language_name = Español

# Todas las páginas
skip = Ir al contenido
menu = Sitio
footer = Sobre este sitio
languages = Idiomas
breadcrumbs = Está aquí
contact = Contacto
feed = Canal Atom
page_title = { $title } – { $site }

# Galerías
home = Inicio
galleries = Galerías
photos = Fotos
photo_count = { $count ->
    [one] { $count } foto
    [many] { $count } de fotos
   *[other] { $count } fotos
}
gallery_count = { $count ->
    [one] { $count } galería
    [many] { $count } de galerías
   *[other] { $count } galerías
}
pages = Páginas de esta galería
page_of = { $title }, página { $number }
page_number = Página { $number }
previous_page = Fotos anteriores
next_page = Más fotos
sections = Secciones
open_until = Disponible hasta el { $date }
empty_site = Aquí aparecerán las galerías.
empty_gallery = Aquí todavía no hay fotos.

# Una foto
photo_of = Foto { $number } de { $total }, { $gallery }
photo_number = Foto { $number } de { $total }
photo_navigation = Otras fotos de esta galería
previous = Anterior
next = Siguiente
all_photos = Todas las fotos
details = Sobre esta foto
taken = Fecha de la toma
place = Lugar
camera = Cámara
lens = Objetivo
exposure = Exposición
keywords = Palabras clave
creator = Fotografía
credit = Crédito
copyright = Derechos de autor
licence = Licencia

# El visor
viewer = Visor de fotos
viewer_close = Cerrar
viewer_zoom_in = Acercar
viewer_zoom_out = Alejar
viewer_information = Información
viewer_slideshow = Presentación
viewer_pause = Pausa
viewer_full_screen = Pantalla completa
viewer_failed = No se ha podido cargar esta foto.
share = Compartir
share_gallery = Compartir esta galería
copied = Copiado
done = Listo

# Favoritas
favourites = Favoritas
favourite_add = Añadir a «{ $list }»
favourite_remove = Quitar de «{ $list }»
favourites_count = { $count } de { $limit }
favourites_empty = Todavía no hay nada. Toque el corazón de una foto.
favourites_full = «{ $list }» ya tiene { $limit } fotos, como se acordó. Quite una para añadir otra.
favourites_local = Su selección se guarda solo en este dispositivo, hasta que la envíe o la borre.
favourites_list = Lista
favourites_clear = Borrar todo
favourites_clear_ask = ¿Borrar de este dispositivo toda su selección y sus notas?
favourites_note = Nota sobre esta foto
favourites_message = Mensaje para el fotógrafo
favourites_name = Su nombre
favourites_send = Enviar al fotógrafo
favourites_sent = Enviado. ¡Gracias!
favourites_failed = No se ha podido enviar. Inténtelo de nuevo o elija otra forma.
favourites_mail = Correo
favourites_file = Archivo
favourites_csv = Tabla (CSV)
favourites_names = Copiar los nombres de archivo
favourites_link = Continuar en otro dispositivo
favourites_link_text = Abra este enlace en el otro dispositivo.
favourites_receive = ¿Añadir la selección del otro dispositivo ({ $count })?
favourites_subject = Favoritas: { $gallery }
storage_off = Este navegador no guarda nada, así que la selección dura hasta que se cierre la página.

# Descargas
download = Descargar
download_photo = Descargar esta foto
downloads = Descargas
download_part = Parte { $number } de { $total }
download_favourites = Descargar las favoritas
download_batch = Guardar ({ $count })
download_waiting = Descargando { $number } de { $total }
download_failed = No se ha podido descargar: { $file }
size_kilobytes = { $number } kB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# El filtro
filter = Filtro
filter_keywords = Palabras clave
filter_dates = Fechas
filter_all = Mostrar todas
filter_count = { $count ->
    [one] { $count } foto
    [many] { $count } de fotos
   *[other] { $count } fotos
}
filter_none = Ninguna foto coincide.

# Códigos, galerías selladas y búsqueda por código
code = Código
code_checking = Comprobando…
code_symbol = Un código solo tiene letras y cifras.
code_length = Un código tiene 16 letras y cifras, no { $count }.
code_check = Este código contiene una errata. Compárelo con el suyo.
unlock = Abrir la galería
unlock_text = Introduzca el código que ha recibido.
unlock_text_password = Introduzca el código o la contraseña que ha recibido.
unlock_password = Código o contraseña
unlock_show = Mostrar
unlock_hide = Ocultar
unlock_remember = Recordar en este dispositivo
unlock_forget = Olvidar en este dispositivo
unlock_opening = Abriendo la galería…
unlock_wrong = Este código no abre esta galería.
unlock_wrong_password = Este código o esta contraseña no abre esta galería.
unlock_outdated = Esta página está desactualizada. Vuelva a cargarla e inténtelo de nuevo.
unlock_updating = Esta galería se está actualizando. Inténtelo de nuevo dentro de unos minutos.
unlock_damaged = No se ha podido abrir la galería porque sus archivos están dañados.
unlock_unkept = Este navegador no ha podido recordar la galería.
unlock_unforgotten = Este navegador no ha podido olvidar la galería. Borre los datos de este sitio en los ajustes.
unlock_saving = Preparando { $file }: { $percent }
find = Buscar
find_title = Encuentre su galería
find_unknown = No hay ninguna galería con este código.
no_connection = No se ha podido cargar. Compruebe la conexión e inténtelo de nuevo.
no_answer = El servidor no ha podido entregarlo. Inténtelo de nuevo más tarde.
needs_https = Esta página necesita una conexión segura. Abra su dirección con https al principio.
needs_script = Esta página necesita JavaScript. Actívelo en los ajustes del navegador.
needs_browser = Esta página no se ha iniciado. Vuelva a cargarla o ábrala en un navegador más reciente.

# Páginas de texto
contents = En esta página
effective = En vigor desde el { $date }
versions = Versiones anteriores

# Páginas sin fotos
not_found = Aquí no hay nada
not_found_text = Esta página no existe, o ya no existe.
not_found_home = Ir a las galerías
private_title = Galería privada
closed = Este enlace ya no funciona
closed_text = Se ha retirado o ha caducado.
renewed = Este enlace se ha renovado
renewed_text = Ha recibido uno más reciente, o puede pedirlo.
ask = Consulte a { $contact }.

# Periodos
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
