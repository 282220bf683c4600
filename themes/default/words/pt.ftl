# Cada palavra da interface. Um arquivo próprio só precisa do que muda.
# { $name } representa um valor. Uma palavra com formas tem uma para cada plural do idioma.

language_name = Português

# Todas as páginas
skip = Ir para o conteúdo
menu = Site
footer = Sobre este site
languages = Idiomas
breadcrumbs = Você está aqui
contact = Contato
feed = Feed
page_title = { $title } – { $site }

# Galerias
home = Início
galleries = Galerias
photos = Fotos
photo_count = { $count ->
    [one] { $count } foto
    [many] { $count } de fotos
   *[other] { $count } fotos
}
gallery_count = { $count ->
    [one] { $count } galeria
    [many] { $count } de galerias
   *[other] { $count } galerias
}
pages = Páginas desta galeria
page_of = { $title }, página { $number }
page_number = Página { $number }
previous_page = Fotos anteriores
next_page = Mais fotos
sections = Seções
open_until = Disponível até { $date }
empty_site = As galerias aparecerão aqui.
empty_gallery = Ainda não há fotos aqui.

# Uma foto
photo_of = Foto { $number } de { $total }, { $gallery }
photo_number = Foto { $number } de { $total }
photo_navigation = Outras fotos desta galeria
previous = Anterior
next = Próxima
all_photos = Todas as fotos
details = Sobre esta foto
taken = Data da foto
place = Local
camera = Câmera
lens = Objetiva
exposure = Exposição
keywords = Palavras-chave
creator = Fotografia
credit = Crédito
copyright = Direitos autorais
licence = Licença

# O visualizador
viewer = Visualizador de fotos
viewer_close = Fechar
viewer_zoom_in = Ampliar
viewer_zoom_out = Reduzir
viewer_information = Informações
viewer_slideshow = Apresentação
viewer_pause = Pausar
viewer_full_screen = Tela cheia
viewer_failed = Não foi possível carregar esta foto.
share = Compartilhar
share_gallery = Compartilhar esta galeria
copied = Copiado
done = Concluído

# Favoritas
favourites = Favoritas
favourite_add = Adicionar a “{ $list }”
favourite_remove = Remover de “{ $list }”
favourites_count = { $count } de { $limit }
favourites_empty = Nada aqui ainda. Toque no coração de uma foto.
favourites_full = “{ $list }” já tem { $limit } fotos, como combinado. Remova uma para adicionar outra.
favourites_local = Suas escolhas ficam apenas neste dispositivo, até serem enviadas ou apagadas.
favourites_list = Lista
favourites_clear = Apagar tudo
favourites_clear_ask = Apagar deste dispositivo todas as suas escolhas e notas?
favourites_note = Nota sobre esta foto
favourites_message = Mensagem para o fotógrafo
favourites_name = Seu nome
favourites_send = Enviar ao fotógrafo
favourites_sent = Enviado. Agradecemos!
favourites_failed = O envio falhou. Tente novamente ou escolha outra forma.
favourites_mail = E-mail
favourites_file = Arquivo
favourites_csv = Tabela (CSV)
favourites_names = Copiar os nomes dos arquivos
favourites_link = Continuar em outro dispositivo
favourites_link_text = Abra este link no outro dispositivo.
favourites_receive = Adicionar as escolhas do outro dispositivo ({ $count })?
favourites_subject = Favoritas: { $gallery }
storage_off = Este navegador não guarda nada; as escolhas duram até a página ser fechada.

# Downloads
download = Baixar
download_photo = Baixar esta foto
downloads = Downloads
download_part = Parte { $number } de { $total }
download_favourites = Baixar as favoritas
download_batch = Salvar ({ $count })
download_waiting = Baixando { $number } de { $total }
download_failed = O download falhou: { $file }
size_kilobytes = { $number } kB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# O filtro
filter = Filtro
filter_keywords = Palavras-chave
filter_dates = Datas
filter_all = Mostrar todas
filter_count = { $count ->
    [one] { $count } foto
    [many] { $count } de fotos
   *[other] { $count } fotos
}
filter_none = Nenhuma foto corresponde.

# Códigos, galerias lacradas e busca por código
code = Código
code_checking = Verificando…
code_symbol = Um código tem apenas letras e algarismos.
code_length = Um código tem 16 letras e algarismos, não { $count }.
code_check = Este código contém um erro de digitação. Compare-o com o seu.
unlock = Abrir a galeria
unlock_text = Digite o código que você recebeu.
unlock_text_password = Digite o código ou a senha que você recebeu.
unlock_password = Código ou senha
unlock_show = Mostrar
unlock_hide = Ocultar
unlock_remember = Lembrar neste dispositivo
unlock_forget = Esquecer neste dispositivo
unlock_opening = Abrindo a galeria…
unlock_wrong = Este código não abre esta galeria.
unlock_wrong_password = Este código ou esta senha não abre esta galeria.
unlock_outdated = Esta página está desatualizada. Recarregue-a e tente novamente.
unlock_updating = Esta galeria está sendo atualizada. Tente novamente em alguns minutos.
unlock_damaged = Não foi possível abrir a galeria, porque seus arquivos estão danificados.
unlock_unkept = Este navegador não conseguiu lembrar a galeria.
unlock_unforgotten = Este navegador não conseguiu esquecer a galeria. Apague os dados deste site nas configurações.
unlock_saving = Preparando { $file }: { $percent }
find = Buscar
find_title = Encontre sua galeria
find_unknown = Não há nenhuma galeria com este código.
no_connection = O carregamento falhou. Verifique a conexão e tente novamente.
no_answer = O servidor não conseguiu atender ao pedido. Tente novamente mais tarde.
needs_https = Esta página precisa de uma conexão segura. Abra o endereço com https no início.
needs_script = Esta página precisa de JavaScript. Ative-o nas configurações do navegador.
needs_browser = Esta página não foi iniciada. Recarregue-a ou abra-a em um navegador mais recente.

# Páginas de texto
contents = Nesta página
effective = Em vigor desde { $date }
versions = Versões anteriores

# Páginas sem fotos
not_found = Nada aqui
not_found_text = Esta página não existe, ou não existe mais.
not_found_home = Ir para as galerias
private_title = Galeria privada
closed = Este link não funciona mais
closed_text = Ele foi retirado ou expirou.
renewed = Este link foi renovado
renewed_text = Um link mais recente foi enviado a você, ou pode ser pedido.
ask = Fale com { $contact }.

# Períodos
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
